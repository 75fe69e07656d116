package dev.assent.shop.gray;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that do the same again and again with a pause between, so that what they achieve is a matter of answers and
 * not of how fast this machine is.
 */
final class Callers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

    /** What is called. */
    @FunctionalInterface
    interface Call {
        /** Whether the caller got what it wanted. */
        boolean run() throws Exception;
    }

    private final String name;
    private final Meter meter = new Meter();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private Callers(String name) {
        this.name = name;
    }

    /** Starts {@code count} callers, each with {@code pause} between its calls. */
    static Callers start(String name, int count, Duration pause, Call call) {
        Callers callers = new Callers(name);
        for (int caller = 0; caller < count; caller++) {
            int number = caller;
            Thread thread = new Thread(() -> callers.callAgainAndAgain(number, pause, call), name + "-" + number);
            thread.setDaemon(true);
            callers.threads.add(thread);
            thread.start();
        }
        return callers;
    }

    private void callAgainAndAgain(int caller, Duration pause, Call call) {
        try {
            do {
                meter.begin(caller, System.nanoTime());
                boolean achieved = false;
                try {
                    achieved = call.run();
                } catch (Exception refused) {
                    LOG.debug("{}: {}", name, refused.toString());
                } finally {
                    meter.end(caller, System.nanoTime(), achieved);
                }
            } while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    String name() {
        return name;
    }

    Meter meter() {
        return meter;
    }

    /** No new calls; waits for those under way, and tells whether all ended in that time. */
    boolean stop(Duration patience) throws InterruptedException {
        stop.countDown();
        long endNanos = System.nanoTime() + patience.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime())));
        }
        return threads.stream().noneMatch(Thread::isAlive);
    }

    @Override
    public void close() {
        stop.countDown();
        threads.forEach(Thread::interrupt);
    }
}
