package dev.assent.coordination.server.edge;

import dev.assent.coordination.jute.OrderedRequest;
import dev.assent.coordination.jute.ReadRequest;
import dev.assent.coordination.jute.Request;
import dev.assent.coordination.jute.WatchingRequest;
import dev.assent.coordination.server.ordering.Reply;
import dev.assent.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The place of one request in its client's line. Replies leave in the order of the slots. */
abstract sealed class Slot {
    private final int xid;
    private final int frameBytes;
    private long queuedNanos;

    /**
     * Made when the request comes.
     *
     * @param xid the client's number for it
     * @param frameBytes as large as it came
     */
    private Slot(int xid, int frameBytes) {
        this.xid = xid;
        this.frameBytes = frameBytes;
    }

    /** Answered from the tree as it is after the client's requests before it. */
    static final class Read extends Slot {
        private final ReadRequest request;

        Read(int xid, int frameBytes, ReadRequest request) {
            super(xid, frameBytes);
            this.request = request;
        }

        ReadRequest request() {
            return request;
        }

        @Override
        void accept(Handler handler) {
            handler.read(this);
        }
    }

    /** Answered from the newest tree, together with setting watches; the client's own later writes wait for it. */
    static final class WatchingRead extends Slot {
        private final WatchingRequest request;

        WatchingRead(int xid, int frameBytes, WatchingRequest request) {
            super(xid, frameBytes);
            this.request = request;
        }

        WatchingRequest request() {
            return request;
        }

        @Override
        void accept(Handler handler) {
            handler.watchingRead(this);
        }
    }

    /** Answered by the ensemble. */
    static final class Ordered extends Slot {
        private final OrderedRequest request;
        private boolean submitted;
        private @Nullable Reply reply;

        Ordered(int xid, int frameBytes, OrderedRequest request) {
            super(xid, frameBytes);
            this.request = request;
        }

        OrderedRequest request() {
            return request;
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

        @Override
        boolean isAnswerable() {
            return reply != null;
        }

        @Override
        void accept(Handler handler) {
            handler.ordered(this);
        }
    }

    /** Answered with an error when its turn comes. */
    static final class Refused extends Slot {
        private final Request.Refused request;

        Refused(int xid, int frameBytes, Request.Refused request) {
            super(xid, frameBytes);
            this.request = request;
        }

        Request.Refused request() {
            return request;
        }

        @Override
        void accept(Handler handler) {
            handler.refused(this);
        }
    }

    abstract void accept(Handler handler);

    /** Whether everything that it needs beside the answers before it is there. */
    boolean isAnswerable() {
        return true;
    }

    int xid() {
        return xid;
    }

    int frameBytes() {
        return frameBytes;
    }

    /** It has to wait. */
    void queued() {
        queuedNanos = Clock.SYSTEM.nanos();
    }

    /** How long it has waited; 0 if it was answered on the spot. */
    long latencyMillis() {
        return queuedNanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(Clock.SYSTEM.nanos() - queuedNanos);
    }

    /** One method per kind of slot. */
    interface Handler {
        void read(Read slot);

        void watchingRead(WatchingRead slot);

        void ordered(Ordered slot);

        void refused(Refused slot);
    }
}
