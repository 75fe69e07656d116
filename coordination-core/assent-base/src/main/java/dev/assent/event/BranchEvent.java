package dev.assent.event;

import java.util.Optional;

/**
 * What a branch is told, and answers. {@code transaction} is the gtrid in hexadecimal, {@code branch} its number in the
 * transaction, {@code resource} the resource's name.
 */
public sealed interface BranchEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.branch(this);
    }

    void accept(Handler handler);

    /** The gtrid in hexadecimal. */
    String transaction();

    /** Its number in the transaction. */
    int branch();

    String resource();

    /** A branch's answer to prepare. */
    enum Vote {
        PREPARED,
        READ_ONLY,
        ROLLBACK,
        UNCONFIRMED
    }

    /** How a branch ended. */
    enum End {
        COMMITTED,
        ROLLED_BACK,
        /** The resource did not know it. */
        NOT_KNOWN
    }

    /** What a resource did to a prepared branch without being told. */
    enum Hazard {
        COMMITTED,
        ROLLED_BACK,
        MIXED,
        HAZARD
    }

    /**
     * It takes part.
     *
     * @param trace the traceparent of the span that it works below; empty if nobody makes spans
     */
    record Enlisted(String transaction, int branch, String resource, Optional<String> trace) implements BranchEvent {
        public Enlisted(String transaction, int branch, String resource) {
            this(transaction, branch, resource, Optional.empty());
        }

        /** With a traceparent that may be empty. */
        public Enlisted(String transaction, int branch, String resource, String trace) {
            this(transaction, branch, resource, Optional.of(trace).filter(some -> !some.isEmpty()));
        }

        @Override
        public void accept(Handler handler) {
            handler.enlisted(this);
        }
    }

    /** It has answered to prepare, after {@code nanos}; {@code cause} is empty but for a no. */
    record Voted(String transaction, int branch, String resource, Vote vote, long nanos, String cause)
            implements BranchEvent {
        @Override
        public void accept(Handler handler) {
            handler.voted(this);
        }
    }

    /** It has ended as it was told to, {@code nanos} after it was first told. */
    record Ended(String transaction, int branch, String resource, End end, long nanos) implements BranchEvent {
        @Override
        public void accept(Handler handler) {
            handler.ended(this);
        }
    }

    /** It did not end, and is told again. */
    record Retried(String transaction, int branch, String resource, String cause) implements BranchEvent {
        @Override
        public void accept(Handler handler) {
            handler.retried(this);
        }
    }

    /** Its resource decided by itself; an operator has to look at it. */
    record Heuristic(String transaction, int branch, String resource, Hazard hazard, String cause)
            implements BranchEvent {
        @Override
        public void accept(Handler handler) {
            handler.heuristic(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void enlisted(Enlisted event);

        void voted(Voted event);

        void ended(Ended event);

        void retried(Retried event);

        void heuristic(Heuristic event);
    }
}
