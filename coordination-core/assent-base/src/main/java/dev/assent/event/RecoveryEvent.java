package dev.assent.event;

/** What recovery meets and does, whoever made the branches. */
public sealed interface RecoveryEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.recovery(this);
    }

    void accept(Handler handler);

    /**
     * A pass over a resource has ended.
     *
     * @param inDoubt branches of ours that it saw prepared there, the running transactions' among them
     * @param ended branches that it ended
     * @param resisted branches that it could not end
     * @param oldestDeadlineEpochMillis the earliest of those branches' deadlines; 0 if there is none
     */
    record Passed(String resource, int inDoubt, int ended, int resisted, long oldestDeadlineEpochMillis, long nanos)
            implements RecoveryEvent {
        @Override
        public void accept(Handler handler) {
            handler.passed(this);
        }
    }

    /** It has ended a branch, by a commit or by a rollback. */
    record BranchEnded(String resource, String transaction, boolean committed) implements RecoveryEvent {
        @Override
        public void accept(Handler handler) {
            handler.branchEnded(this);
        }
    }

    /** It has met a branch that it must not touch. */
    record LeftAlone(String resource, String transaction, String cause) implements RecoveryEvent {
        @Override
        public void accept(Handler handler) {
            handler.leftAlone(this);
        }
    }

    /** A pass over {@code what}, a resource or the store, could not be made. */
    record Failed(String what, String cause) implements RecoveryEvent {
        @Override
        public void accept(Handler handler) {
            handler.failed(this);
        }
    }

    /** The epoch of a dead coordinator was closed: it cannot decide any more. */
    record Fenced(long incarnation) implements RecoveryEvent {
        @Override
        public void accept(Handler handler) {
            handler.fenced(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void passed(Passed event);

        void branchEnded(BranchEnded event);

        void leftAlone(LeftAlone event);

        void failed(Failed event);

        void fenced(Fenced event);
    }
}
