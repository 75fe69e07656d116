package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.Request;
import dev.assent.coordination.jute.RequestFrame;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.server.ordering.Reply;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The place of one request in its client's line. Replies leave in the order of the slots. */
final class Slot {
    private final RequestFrame request;
    private final Payload frame;
    private final Kind kind;
    private long queuedNanos;
    private boolean submitted;
    private @Nullable Reply reply;

    /** How a request is answered. */
    enum Kind {
        /** From the tree as it is after the client's requests before it. */
        READ,
        /** From the newest tree, together with setting watches; its own later writes wait for it. */
        WATCHING_READ,
        /** By the ensemble. */
        ORDERED
    }

    Slot(RequestFrame request, Payload frame, Kind kind) {
        this.request = request;
        this.frame = frame;
        this.kind = kind;
    }

    int xid() {
        return request.xid();
    }

    Request request() {
        return request.request();
    }

    Payload frame() {
        return frame;
    }

    Kind kind() {
        return kind;
    }

    /** It has to wait. */
    void queued() {
        queuedNanos = System.nanoTime();
    }

    /** How long it has waited; 0 if it was answered on the spot. */
    long latencyMillis() {
        return queuedNanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - queuedNanos);
    }

    boolean isSubmitted() {
        return submitted;
    }

    void submitted() {
        submitted = true;
    }

    @Nullable
    Reply reply() {
        return reply;
    }

    void settle(Reply answer) {
        reply = answer;
    }
}
