package dev.assent.tx.bulkhead;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of threads and of calls that wait for one. Of the threads without a call the one that worked last
 * takes the next, as what it needs is still in the processor's caches; the others come to their end. Who hands a call
 * over wakes the one thread that runs it, or none. Calls begin in their order. Thread-safe; nothing here waits for a
 * call.
 */
final class BulkheadThreads {
    private final Bulkhead.Limits limits;
    private final long idleNanos;
    private final ThreadFactory factory;
    private final Consumer<Throwable> unforeseen;

    private final Object lock = new Object();
    /** Only while every thread has a call. Guarded by {@link #lock}, as the next two. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    /** The one that worked last first. */
    private final Deque<Worker> idle = new ArrayDeque<>();

    private int threads;

    /** What became of a call that was brought. */
    enum Taken {
        /** A thread runs it, or will. */
        YES,
        /** Every thread has a call, and every place to wait is taken. */
        FULL,
        /** There is no thread, and the system gives none. */
        NO_THREAD
    }

    /**
     * @param idle how long a thread stays without a call
     * @param unforeseen is told what a call threw; the thread goes on
     */
    BulkheadThreads(Bulkhead.Limits limits, Duration idle, ThreadFactory factory, Consumer<Throwable> unforeseen) {
        this.limits = limits;
        this.idleNanos = idle.toNanos();
        this.factory = factory;
        this.unforeseen = unforeseen;
    }

    int running() {
        synchronized (lock) {
            return threads - idle.size();
        }
    }

    int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    Taken take(Runnable call) {
        Worker free;
        synchronized (lock) {
            free = idle.pollFirst();
            if (free == null) {
                return begunOrWaiting(call);
            }
        }
        free.hand(call);
        return Taken.YES;
    }

    private Taken begunOrWaiting(Runnable call) {
        beginWaiting();
        if (waiting.isEmpty() && threads < limits.threadsMax() && begin(call)) {
            return Taken.YES;
        }
        if (threads == 0) {
            return Taken.NO_THREAD;
        }
        if (waiting.size() >= limits.waitingMax()) {
            return Taken.FULL;
        }
        waiting.addLast(call);
        return Taken.YES;
    }

    /** What waits because the system gave no thread goes first when it gives some again. */
    private void beginWaiting() {
        while (!waiting.isEmpty() && threads < limits.threadsMax() && begin(waiting.getFirst())) {
            waiting.removeFirst();
        }
    }

    /** Under the lock, so that a thread that is counted is there. False if the system has none to give. */
    private boolean begin(Runnable call) {
        try {
            Worker worker = new Worker(call);
            worker.thread.start();
            threads++;
            return true;
        } catch (OutOfMemoryError none) { // what Java makes of a limit to the number of threads, too
            return false;
        }
    }

    /** A thread is lost to what nobody foresaw; another one takes what waits. */
    private void died() {
        synchronized (lock) {
            threads--;
            beginWaiting();
        }
    }

    /** One thread. */
    final class Worker implements Runnable {
        private final Thread thread;
        private @Nullable Runnable first;
        private volatile @Nullable Runnable handed;

        private Worker(Runnable first) {
            this.first = first;
            this.thread = factory.newThread(this);
        }

        /** By whoever took it from those that are idle. */
        private void hand(Runnable call) {
            handed = call;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            boolean left = false;
            try {
                Runnable call = first;
                first = null;
                while (call != null) {
                    perform(call);
                    call = next();
                }
                left = true;
            } finally {
                if (!left) {
                    died();
                }
            }
        }

        /** The boundary of what runs here: whatever it throws ends that call, and no thread. */
        private void perform(Runnable call) {
            try {
                call.run();
            } catch (RuntimeException | Error bug) {
                unforeseen.accept(bug);
            }
            boolean unused = Thread.interrupted(); // meant for that call, not for the next one
        }

        /** The call to run next; none when this thread is to end. */
        private @Nullable Runnable next() {
            synchronized (lock) {
                Runnable longest = waiting.pollFirst();
                if (longest != null) {
                    return longest;
                }
                idle.addFirst(this);
            }
            return awaitCall();
        }

        private @Nullable Runnable awaitCall() {
            long endNanos = Clock.SYSTEM.nanos() + idleNanos;
            Runnable call = handed;
            while (call == null) {
                boolean unused = Thread.interrupted(); // interrupted, it would not park
                long leftNanos = endNanos - Clock.SYSTEM.nanos();
                if (leftNanos > 0) {
                    LockSupport.parkNanos(this, leftNanos);
                } else if (leave()) {
                    return null;
                } else {
                    LockSupport.park(this); // a call is on its way
                }
                call = handed;
            }
            handed = null;
            return call;
        }

        /** Whether it could: nobody has a call for it. */
        private boolean leave() {
            synchronized (lock) {
                boolean leaves = idle.remove(this);
                if (leaves) {
                    threads--;
                }
                return leaves;
            }
        }
    }
}
