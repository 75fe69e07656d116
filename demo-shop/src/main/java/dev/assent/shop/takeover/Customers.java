package dev.assent.shop.takeover;

import dev.assent.rm.Assent;
import dev.assent.shop.gray.Databases;
import dev.assent.shop.gray.Meter;
import dev.assent.shop.gray.Told;
import dev.assent.shop.gray.Transfers;
import dev.assent.shop.gray.Transfers.Place;
import dev.assent.shop.platform.Pauses;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.SystemException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.xa.PGXADataSource;

/** Callers that transfer, one transaction after the other, each with how long it went without a commit. */
final class Customers implements AutoCloseable {
    static final int CALLERS = 8;
    private static final int TIMEOUT_SECONDS = 20;
    private static final long THINK_MILLIS = 5;
    private static final long LOOK_MILLIS = 10;
    private static final int POOL = 24;
    private static final int ATTEMPTS_SHOWN_MAX = 8;
    private static final String COMMITTED = "committed";

    private final TransactionService service;
    private final Assent assent;
    private final Transfers transfers;
    private final Map<String, Integer> reasons = new ConcurrentHashMap<>();
    private final AtomicLong refusals = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Caller> callers = new ArrayList<>();

    private Customers(TransactionService service, Assent assent, Transfers transfers) {
        this.service = service;
        this.assent = assent;
        this.transfers = transfers;
    }

    /** Starts them as a service of the nodes at {@code targets}. */
    static Customers start(String targets, Databases databases) throws SQLException {
        TransactionService service = RemoteTransactionService.connect(RemoteConfig.of(targets, "customers"));
        Assent assent = Assent.over(service);
        Transfers transfers = new Transfers(
                assent.transactions(),
                place(assent, databases, Databases.Name.LEFT),
                place(assent, databases, Databases.Name.RIGHT),
                TIMEOUT_SECONDS,
                new Meter());
        Customers customers = new Customers(service, assent, transfers);
        for (int number = 0; number < CALLERS; number++) {
            Caller caller = customers.new Caller(number);
            customers.callers.add(caller);
            caller.thread.start();
        }
        return customers;
    }

    private static Place place(Assent assent, Databases databases, Databases.Name name) throws SQLException {
        PGXADataSource database = new PGXADataSource();
        database.setUrl(databases.url(name));
        return Place.of(
                assent.pool("customers-" + name.name().toLowerCase(Locale.ROOT), database, POOL), databases.url(name));
    }

    /** One of them; its thread alone commits. */
    private final class Caller {
        private final Thread thread;
        // Guarded by this.
        private long lastCommitNanos = System.nanoTime();
        private long longestNanos;
        private long commits;
        private List<String> attempts = new ArrayList<>();
        private List<String> longest = List.of();

        Caller(int number) {
            thread = new Thread(this::transferAgainAndAgain, "customer-" + number);
            thread.setDaemon(true);
        }

        private void transferAgainAndAgain() {
            try {
                do {
                    long begunNanos = System.nanoTime();
                    String came = achieved();
                    long nowNanos = System.nanoTime();
                    attempted(came + " after "
                            + Duration.ofNanos(nowNanos - begunNanos).toMillis());
                    if (came.equals(COMMITTED)) {
                        committed(nowNanos);
                    }
                } while (!stop.await(THINK_MILLIS, TimeUnit.MILLISECONDS));
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        /** What came of one transaction; what could not be begun is tried again. */
        private String achieved() {
            try {
                return transfers.run() ? COMMITTED : "not committed";
            } catch (NotSupportedException | SystemException | RuntimeException refused) {
                refusals.incrementAndGet();
                reasons.merge(String.valueOf(refused.getMessage()), 1, Integer::sum);
                return "refused";
            }
        }

        private synchronized void attempted(String what) {
            if (attempts.size() < ATTEMPTS_SHOWN_MAX) {
                attempts.add(what);
            }
        }

        private synchronized void committed(long nowNanos) {
            if (nowNanos - lastCommitNanos > longestNanos) {
                longest = attempts;
            }
            attempts = new ArrayList<>();
            longestNanos = Math.max(longestNanos, nowNanos - lastCommitNanos);
            lastCommitNanos = nowNanos;
            commits++;
        }

        private synchronized long measureAnew() {
            longestNanos = 0;
            longest = List.of();
            return commits;
        }

        private synchronized long commits() {
            return commits;
        }

        private synchronized List<String> longest() {
            return longest;
        }

        private synchronized long longestNanos(long nowNanos) {
            return Math.max(longestNanos, nowNanos - lastCommitNanos);
        }
    }

    /** Lets everybody commit so many times. */
    void awaitCommits(int each, Duration patience) throws IOException, InterruptedException {
        List<Long> goals =
                callers.stream().map(caller -> caller.commits() + each).toList();
        await(goals, patience);
    }

    private void await(List<Long> goals, Duration patience) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + patience.toNanos();
        for (int caller = 0; caller < callers.size(); caller++) {
            while (callers.get(caller).commits() < goals.get(caller)) {
                if (System.nanoTime() - giveUpNanos > 0) {
                    throw new IOException("customer " + caller + " did not commit for " + patience.toSeconds() + " s");
                }
                Pauses.pause(LOOK_MILLIS);
            }
        }
    }

    /** From here on {@link #longestPause} counts. */
    void measureAnew() {
        callers.forEach(caller -> {
            long unused = caller.measureAnew();
        });
    }

    /** The longest that any of them went from one commit to the next, since it was measured anew. */
    Duration longestPause() {
        long now = System.nanoTime();
        return Duration.ofNanos(callers.stream()
                .mapToLong(caller -> caller.longestNanos(now))
                .max()
                .orElse(0));
    }

    /** What came of the attempts of whoever waited longest, each with its milliseconds. */
    String slowest() {
        long now = System.nanoTime();
        return callers.stream()
                .max(Comparator.comparingLong(caller -> caller.longestNanos(now)))
                .map(caller -> String.join(", ", caller.longest()))
                .orElse("");
    }

    /** How the nodes say that the transaction of a token ended. */
    Outcome outcome(String token) {
        return service.outcome(token);
    }

    /** Why transactions were rolled back, and how often each. */
    Map<String, Integer> causes() {
        return transfers.causes();
    }

    long commits() {
        return callers.stream().mapToLong(Caller::commits).sum();
    }

    /** Transactions that could not be begun, or ended with an exception that tells nothing. */
    long refused() {
        return refusals.get();
    }

    /** Why, and how often each. */
    Map<String, Integer> reasons() {
        return Map.copyOf(reasons);
    }

    Map<Told, Integer> counts() {
        return transfers.book().counts();
    }

    /** No new transactions; returns when the last has ended. */
    void stop() throws InterruptedException {
        stop.countDown();
        for (Caller caller : callers) {
            caller.thread.join();
        }
    }

    /** What was told and is not so. */
    List<String> lies() throws SQLException {
        return transfers.lies();
    }

    @Override
    public void close() {
        stop.countDown();
        callers.forEach(caller -> caller.thread.interrupt());
        assent.close();
    }
}
