package dev.assent.shop.drills.system;

import dev.assent.shop.drills.system.SystemDescription.Ask;
import dev.assent.shop.drills.system.SystemDescription.Load;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Callers that send a description's request over and over. What they were not told for certain can be asked for. */
final class Callers {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** A caller that is not back so long after its call's time-out is not waited for. */
    private static final Duration LAST_ANSWER_PATIENCE = Duration.ofSeconds(5);

    private static final long THINK_MILLIS = 5;
    private static final long AFTER_FAILURE_MILLIS = 100;
    private static final String ID = "${id}";

    private final Load load;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final Set<String> unknown = ConcurrentHashMap.newKeySet();
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong rolledBack = new AtomicLong();
    private final AtomicLong toldUnknown = new AtomicLong();

    private enum Told {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN
    }

    private Callers(Load load) {
        this.load = load;
    }

    static Callers start(Load load, long seed) {
        Callers callers = new Callers(load);
        SplittableRandom random = new SplittableRandom(seed);
        for (int number = 1; number <= load.callers(); number++) {
            SplittableRandom own = random.split();
            Thread thread = new Thread(() -> callers.callAgainAndAgain(own), "caller-" + number);
            thread.setDaemon(true);
            callers.threads.add(thread);
        }
        callers.threads.forEach(Thread::start);
        return callers;
    }

    private void callAgainAndAgain(SplittableRandom random) {
        try {
            long pauseMillis;
            do {
                String id = new UUID(random.nextLong(), random.nextLong()).toString();
                Told told = Told.UNKNOWN;
                try {
                    told = call(id);
                } finally {
                    count(told, id); // Who is called off in the middle was told nothing.
                }
                pauseMillis = told == Told.COMMITTED ? THINK_MILLIS : AFTER_FAILURE_MILLIS;
            } while (!closed.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(Told told, String id) {
        switch (told) {
            case COMMITTED -> committed.incrementAndGet();
            case ROLLED_BACK -> rolledBack.incrementAndGet();
            case UNKNOWN -> {
                unknown.add(id);
                toldUnknown.incrementAndGet();
            }
        }
    }

    private Told call(String id) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(load.url().replace(ID, id)))
                .timeout(load.timeout())
                .method(
                        load.method(),
                        HttpRequest.BodyPublishers.ofString(load.body().replace(ID, id)))
                .build();
        return told(request, load.committed(), load.rolledBack(), Told.ROLLED_BACK);
    }

    /** {@code whenNotSent}: what it means that there was nobody to connect to. */
    private Told told(HttpRequest request, List<Integer> goes, List<Integer> fails, Told whenNotSent)
            throws InterruptedException {
        try {
            int status = Answers.within(load.timeout(), http, request, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (goes.contains(status)) {
                return Told.COMMITTED;
            }
            return fails.contains(status) ? Told.ROLLED_BACK : Told.UNKNOWN;
        } catch (ConnectException | HttpConnectTimeoutException notSent) {
            return whenNotSent;
        } catch (IOException noAnswer) {
            return Told.UNKNOWN;
        }
    }

    /** No more calls; returns with the last answer. Who has none after the time-out is called off, and knows nothing. */
    void closeDoors() throws InterruptedException {
        closed.countDown();
        long endNanos =
                System.nanoTime() + load.timeout().plus(LAST_ANSWER_PATIENCE).toNanos();
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, endNanos - System.nanoTime());
        }
        threads.forEach(Thread::interrupt);
    }

    /** Asks once for everything that is unknown, until it is that late; returns how much still is. */
    int askAgain(long giveUpNanos) throws InterruptedException {
        if (load.ask().isPresent()) {
            for (String id : Set.copyOf(unknown)) {
                if (System.nanoTime() - giveUpNanos > 0) {
                    break;
                }
                ask(load.ask().get(), id);
            }
        }
        return unknown.size();
    }

    private void ask(Ask ask, String id) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(ask.url().replace(ID, id)))
                .timeout(load.timeout())
                .build();
        Told told = told(request, ask.committed(), ask.rolledBack(), Told.UNKNOWN);
        if (told != Told.UNKNOWN && unknown.remove(id)) {
            count(told, id);
        }
    }

    long committed() {
        return committed.get();
    }

    long rolledBack() {
        return rolledBack.get();
    }

    /** How often that was told, whatever became of it. */
    long toldUnknown() {
        return toldUnknown.get();
    }
}
