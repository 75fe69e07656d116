package dev.assent.shop.service;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.http.HttpStatus;

/** The processes of one service, as they are known now; callers go to one after the other. Thread-safe. */
public final class Instances {
    /** How long a call waits for the first one that is known. */
    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(3);

    private final String service;
    private final AtomicInteger turn = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<String> urls = List.of();

    public Instances(String service) {
        this.service = service;
    }

    String service() {
        return service;
    }

    /** From now on these; none: the ones before are called on, since a store that lost its sessions proves nothing of them. */
    public void are(List<String> present) {
        lock.lock();
        try {
            if (!present.isEmpty()) {
                urls = List.copyOf(present);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The address whose turn it is.
     *
     * @throws Problem none is known, and none came within a few seconds
     */
    public String next() {
        lock.lock();
        try {
            long nanos = FIRST_PATIENCE.toNanos();
            while (urls.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (urls.isEmpty()) {
                throw none();
            }
            return urls.get(Math.floorMod(turn.getAndIncrement(), urls.size()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw none();
        } finally {
            lock.unlock();
        }
    }

    private Problem none() {
        return new Problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "no process of the service " + service + " is known to the registry",
                "nothing was done: start one, or wait until it has registered itself, and try again");
    }
}
