package dev.assent.event;

import java.util.Optional;

/**
 * The life of a global transaction, as its coordinator sees it. {@code transaction} is the gtrid in hexadecimal. All
 * times are of one transaction and by one clock.
 */
public sealed interface TransactionEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.transaction(this);
    }

    void accept(Handler handler);

    /** The gtrid in hexadecimal. */
    String transaction();

    /** What was decided. */
    enum Decision {
        COMMIT,
        ABORT,
        /** There may be a COMMIT: nobody could say. */
        UNKNOWN
    }

    /** How it ended, as far as can be told truthfully. */
    enum Outcome {
        COMMITTED,
        ROLLED_BACK,
        HEURISTIC_MIXED,
        HEURISTIC_ROLLED_BACK,
        HEURISTIC_HAZARD,
        UNKNOWN
    }

    /**
     * It may be given branches until its deadline.
     *
     * @param trace the traceparent of its span; empty if nobody makes one
     */
    record Begun(String transaction, long deadlineEpochMillis, Optional<String> trace) implements TransactionEvent {
        public Begun(String transaction, long deadlineEpochMillis) {
            this(transaction, deadlineEpochMillis, Optional.empty());
        }

        /** With a traceparent that may be empty. */
        public Begun(String transaction, long deadlineEpochMillis, String trace) {
            this(transaction, deadlineEpochMillis, Optional.of(trace).filter(some -> !some.isEmpty()));
        }

        @Override
        public void accept(Handler handler) {
            handler.begun(this);
        }
    }

    /** It is asked to end, or has expired; with {@code commit} its branches are prepared, if it takes that. */
    record Ending(String transaction, boolean commit, int branches) implements TransactionEvent {
        @Override
        public void accept(Handler handler) {
            handler.ending(this);
        }
    }

    /** The votes are in, and a decision is asked for, {@code nanos} after the end began. */
    record Prepared(String transaction, long nanos) implements TransactionEvent {
        @Override
        public void accept(Handler handler) {
            handler.prepared(this);
        }
    }

    /** The decision is durable, or whoever holds it gave no answer; {@code nanos} after it was asked for. */
    record Decided(String transaction, Decision decision, long nanos) implements TransactionEvent {
        @Override
        public void accept(Handler handler) {
            handler.decided(this);
        }
    }

    /** The caller was told, {@code nanos} after the end began. */
    record Answered(String transaction, Outcome outcome, long nanos) implements TransactionEvent {
        @Override
        public void accept(Handler handler) {
            handler.answered(this);
        }
    }

    /**
     * Nothing is left to do here.
     *
     * @param nanos since the transaction began
     * @param phaseTwoNanos since it was decided, or since its end began where nothing was decided
     */
    record Ended(String transaction, Outcome outcome, long nanos, long phaseTwoNanos) implements TransactionEvent {
        @Override
        public void accept(Handler handler) {
            handler.ended(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void begun(Begun event);

        void ending(Ending event);

        void prepared(Prepared event);

        void decided(Decided event);

        void answered(Answered event);

        void ended(Ended event);
    }
}
