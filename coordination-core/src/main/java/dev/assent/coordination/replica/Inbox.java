package dev.assent.coordination.replica;

import dev.assent.coordination.spi.PeerTransport;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the loop: events of the replica's own threads, bounded by those who post them, and tasks of others,
 * bounded here. The loop takes events first, so that no flood of tasks can delay a heartbeat.
 */
final class Inbox {
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Semaphore taskRoom;
    private final int tasksMax;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final PeerTransport transport;
    private volatile boolean waiting;

    /** @param transport what the loop waits in */
    Inbox(int tasksMax, PeerTransport transport) {
        this.tasksMax = tasksMax;
        this.transport = transport;
        this.taskRoom = new Semaphore(tasksMax);
    }

    /** Never waits. */
    void post(Runnable event) {
        add(event);
        wake();
    }

    /** Never waits, nor wakes the loop: it takes the event whenever something else wakes it, or {@link #wake}. */
    void add(Runnable event) {
        events.add(event);
    }

    /** Waits for room. The loop never waits for a submitting thread, so this ends. */
    void submit(Runnable task) {
        taskRoom.acquireUninterruptibly();
        if (closed.get()) {
            taskRoom.release();
            throw new RejectedExecutionException("this replica has stopped");
        }
        tasks.add(task);
        wake();
    }

    /** Ends the loop's wait, if it waits. */
    void wake() {
        if (waiting) {
            waiting = false; // the first one is enough
            transport.wakeUp();
        }
    }

    @Nullable
    Runnable pollEvent() {
        return events.poll();
    }

    /** A task, whose room is free again. */
    @Nullable
    Runnable pollTask() {
        Runnable task = tasks.poll();
        if (task != null) {
            taskRoom.release();
        }
        return task;
    }

    /** Runs the transport on the loop's thread, and waits in it until something comes, spurious wake-ups aside. */
    void await(long nanosMax, boolean forTasksToo) {
        waiting = true;
        boolean empty = events.isEmpty() && (!forTasksToo || tasks.isEmpty());
        transport.run(empty ? nanosMax : 0);
        waiting = false;
    }

    int queuedTasks() {
        return Math.max(0, tasksMax - taskRoom.availablePermits());
    }

    /** Lets waiting submitters go, empty-handed. What is queued will not be run. */
    void close() {
        if (closed.compareAndSet(false, true)) {
            taskRoom.release(Integer.MAX_VALUE / 2);
        }
    }
}
