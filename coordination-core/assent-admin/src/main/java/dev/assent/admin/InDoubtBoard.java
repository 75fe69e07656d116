package dev.assent.admin;

import dev.assent.admin.view.InDoubt;
import dev.assent.admin.view.InDoubtDatabase;
import dev.assent.admin.view.InDoubtResource;
import dev.assent.admin.view.Prepared;
import dev.assent.event.EventListener;
import dev.assent.event.EventSource;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.metrics.Metric;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/**
 * What is in doubt: databases are asked when somebody looks, each on a thread of its own and once at a time, however many
 * look; what recovery saw it has heard. A database that hangs costs its own row. Thread-safe.
 */
public final class InDoubtBoard implements AutoCloseable {
    /** So old an answer may be; those who look within it see the same one. */
    static final long FRESH_MILLIS = 1_000;
    /** A database that does not answer in this time is shown with that as its problem. */
    static final long PATIENCE_MILLIS = 5_000;

    /** An answer that is older is not told to who scrapes the metrics. */
    static final long MEASURED_MILLIS_MAX = 120_000;

    public static final int DATABASES_MAX = 16;
    private static final int RESOURCES_MAX = 1_000;

    private final Clock clock;
    private final PreparedReader.Decisions decisions;
    private final List<Asked> databases = new ArrayList<>();
    private final ThreadPoolExecutor threads;
    /** Guarded by itself, as are the failures. */
    private final Map<String, Seen> seen = new TreeMap<>();

    /** What a database said last, and when. */
    private record Answered(InDoubtDatabase database, long atMillis) {}

    /** What recovery told last of a resource. */
    private record Seen(Optional<RecoveryEvent.Passed> pass, long epochMillis, Optional<String> problem) {}

    public InDoubtBoard(List<PreparedReader.Database> databases, PreparedReader.Decisions decisions, Clock clock) {
        this.clock = clock;
        this.decisions = decisions;
        databases.forEach(database -> this.databases.add(new Asked(database)));
        this.threads = new ThreadPoolExecutor(
                DATABASES_MAX, DATABASES_MAX, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(DATABASES_MAX), task -> {
                    Thread thread = new Thread(task, "assent-admin-database");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Hears what recovery sees there. */
    public Subscription listenTo(EventSource source) {
        return source.subscribe("assent-admin-recovery", EventSource.CAPACITY, new EventListener() {
            @Override
            public void heard(Told told) {
                if (told.event() instanceof RecoveryEvent.Passed passed) {
                    note(passed.resource(), new Seen(Optional.of(passed), told.epochMillis(), Optional.empty()));
                } else if (told.event() instanceof RecoveryEvent.Failed failed) {
                    failed(failed, told.epochMillis());
                }
            }

            @Override
            public void missed(long events) {
                // The next pass tells it all again.
            }
        });
    }

    private void failed(RecoveryEvent.Failed failed, long epochMillis) {
        synchronized (seen) {
            Seen before = seen.get(failed.what());
            note(
                    failed.what(),
                    new Seen(
                            before == null ? Optional.empty() : before.pass(),
                            before == null ? epochMillis : before.epochMillis(),
                            Optional.of(failed.cause())));
        }
    }

    private void note(String resource, Seen now) {
        synchronized (seen) {
            if (seen.size() < RESOURCES_MAX || seen.containsKey(resource)) {
                seen.put(resource, now);
            }
        }
    }

    /** Waits for the databases, at most {@value #PATIENCE_MILLIS} ms for all of them. */
    public InDoubt read() {
        List<CompletableFuture<InDoubtDatabase>> asked =
                databases.stream().map(Asked::ask).toList();
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        List<InDoubtDatabase> answers = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            answers.add(await(databases.get(i), asked.get(i), endNanos));
        }
        return new InDoubt(answers, resources());
    }

    private InDoubtDatabase await(Asked database, CompletableFuture<InDoubtDatabase> answer, long endNanos) {
        try {
            return answer.get(Math.max(0, endNanos - clock.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            return database.problem("it has not answered within " + PATIENCE_MILLIS + " ms");
        } catch (ExecutionException failed) {
            return database.problem(String.valueOf(failed.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return database.problem("the request was cut off");
        }
    }

    /**
     * Locks and who waits for them, for the metrics of this process. A scrape waits for nothing: it tells what the last look saw,
     * and begins another; not a number while there is none, or the database could not be asked.
     */
    public void measure(ProcessMetrics metrics) {
        for (Asked one : databases) {
            String name = one.database.name();
            metrics.gauge(
                    Metric.LOCKS_HELD,
                    () -> one.measured(branch -> branch.locks().size()),
                    name);
            metrics.gauge(
                    Metric.LOCKS_WAITERS,
                    () -> one.measured(branch -> branch.waiters().size()),
                    name);
        }
    }

    private List<InDoubtResource> resources() {
        synchronized (seen) {
            List<InDoubtResource> all = new ArrayList<>();
            seen.forEach((resource, last) -> all.add(new InDoubtResource(
                    resource,
                    last.pass().map(pass -> pass.inDoubt() - pass.ended()).orElse(0),
                    last.pass().map(this::overdueSeconds).orElse(0L),
                    last.pass().map(pass -> Instant.ofEpochMilli(last.epochMillis())),
                    last.problem())));
            return all;
        }
    }

    private long overdueSeconds(RecoveryEvent.Passed pass) {
        return pass.oldestDeadlineEpochMillis() == 0 || pass.inDoubt() == pass.ended()
                ? 0
                : Math.max(0, clock.epochMillis() - pass.oldestDeadlineEpochMillis()) / 1_000;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One database, and the answer that is on its way or fresh. */
    private final class Asked {
        private final PreparedReader.Database database;
        private CompletableFuture<InDoubtDatabase> last = new CompletableFuture<>();
        private long askedMillis;
        private boolean wasAsked;
        private volatile Optional<Answered> answered = Optional.empty();

        Asked(PreparedReader.Database database) {
            this.database = database;
        }

        synchronized CompletableFuture<InDoubtDatabase> ask() {
            long now = clock.monotonicMillis();
            if (wasAsked && (!last.isDone() || now - askedMillis < FRESH_MILLIS)) {
                return last;
            }
            wasAsked = true;
            askedMillis = now;
            CompletableFuture<InDoubtDatabase> answer = new CompletableFuture<>();
            last = answer;
            try {
                threads.execute(() -> answer.complete(read()));
            } catch (RejectedExecutionException closed) {
                answer.complete(problem("the process stops"));
            }
            return answer;
        }

        double measured(ToIntFunction<Prepared> count) {
            var unused = ask();
            long now = clock.monotonicMillis();
            return answered.filter(last -> now - last.atMillis() < MEASURED_MILLIS_MAX
                            && last.database().problem().isEmpty())
                    .map(last -> (double)
                            last.database().prepared().stream().mapToInt(count).sum())
                    .orElse(Double.NaN);
        }

        private InDoubtDatabase read() {
            InDoubtDatabase seen = readNow();
            answered = Optional.of(new Answered(seen, clock.monotonicMillis()));
            return seen;
        }

        private InDoubtDatabase readNow() {
            try {
                return PreparedReader.find(database.url())
                        .map(reader -> reader.read(database, decisions))
                        .orElseGet(() -> problem("nothing on the class path of this process can read such a database"));
            } catch (RuntimeException | Error fault) {
                return problem(fault.toString());
            }
        }

        private InDoubtDatabase problem(String what) {
            return new InDoubtDatabase(
                    database.name(),
                    Optional.of(what),
                    Instant.ofEpochMilli(clock.epochMillis()),
                    List.of(),
                    List.of());
        }
    }
}
