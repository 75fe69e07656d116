package dev.assent.coordination.server.edge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests that are not answered yet, in the order in which they came. What the client writes after a read
 * that sets a watch is held back until that is answered. On the connection's event loop.
 */
final class RequestLine {
    private final Deque<Slot> slots = new ArrayDeque<>();
    private int watchingReads;
    private long bytes;

    boolean isEmpty() {
        return slots.isEmpty();
    }

    int size() {
        return slots.size();
    }

    /** As large as they came. */
    long bytes() {
        return bytes;
    }

    void add(Slot slot) {
        slot.queued();
        slots.add(slot);
        bytes += slot.frameBytes();
        watchingReads += slot instanceof Slot.WatchingRead ? 1 : 0;
    }

    /** Whether what comes now and has to be ordered may be, before anything here is answered. */
    boolean mayOrder() {
        return watchingReads == 0;
    }

    /** The first one, if it can be answered by now; it is here no longer. */
    @Nullable
    Slot takeAnswerable() {
        Slot head = slots.peek();
        if (head == null || !head.isAnswerable()) {
            return null;
        }
        slots.remove();
        bytes -= head.frameBytes();
        watchingReads -= head instanceof Slot.WatchingRead ? 1 : 0;
        return head;
    }

    /** Those that have to be ordered and may be now, since the read before them that set a watch is answered. */
    void release(Consumer<Slot.Ordered> released) {
        for (Slot slot : slots) {
            if (slot instanceof Slot.WatchingRead) {
                return;
            }
            if (slot instanceof Slot.Ordered ordered && !ordered.isSubmitted()) {
                released.accept(ordered);
            }
        }
    }

    void clear() {
        slots.clear();
    }
}
