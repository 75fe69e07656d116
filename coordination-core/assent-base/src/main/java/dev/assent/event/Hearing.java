package dev.assent.event;

import dev.assent.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener, its thread, and what waits for it. */
final class Hearing implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Hearing.class);
    private static final int BATCH_MAX = 256;
    /** So long it lets events gather after the first one, so that those who tell need not wake it for each. */
    private static final long GATHER_MILLIS = 100;
    /** The same for who keeps steps: what it has not heard when the process is killed is lost. */
    private static final long GATHER_STEPS_MILLIS = 20;

    private final ArrayBlockingQueue<Told> waiting;
    private final AtomicLong missed = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final EventListener listener;
    private final Consumer<Hearing> whenClosed;
    private final Thread thread;
    private final boolean wantsSteps;
    private final long gatherMillis;
    private final Tracing tracing;
    private boolean complained;

    Hearing(String name, int capacity, EventListener listener, Consumer<Hearing> whenClosed) {
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.listener = listener;
        this.whenClosed = whenClosed;
        this.wantsSteps = listener.wantsSteps();
        this.gatherMillis = wantsSteps ? GATHER_STEPS_MILLIS : GATHER_MILLIS;
        this.tracing = listener.tracing();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean wantsSteps() {
        return wantsSteps;
    }

    Tracing tracing() {
        return tracing;
    }

    void offer(Told told) {
        if (!waiting.offer(told)) {
            missed.incrementAndGet();
        }
    }

    @Override
    public void close() {
        whenClosed.accept(this);
        closed.countDown();
        thread.interrupt();
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void run() {
        List<Told> batch = new ArrayList<>();
        try {
            while (isOpen()) {
                batch.add(waiting.take());
                do {
                    waiting.drainTo(batch, BATCH_MAX);
                    batch.forEach(this::tell);
                    batch.clear();
                } while (isOpen() && !waiting.isEmpty());
                boolean unused = closed.await(gatherMillis, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException over) {
            LOG.debug("{} hears no more", thread.getName());
        }
    }

    /** The boundary of the listener's thread: one that fails goes on hearing. */
    private void tell(Told told) {
        if (!isOpen()) {
            return;
        }
        try {
            long lost = missed.getAndSet(0);
            if (lost > 0) {
                listener.missed(lost);
            }
            listener.heard(told);
        } catch (RuntimeException | Error fault) {
            if (!complained) {
                complained = true;
                LOG.error(
                        "{} failed over {}; it goes on, and later failures are not told",
                        thread.getName(),
                        told,
                        fault);
            }
        }
    }
}
