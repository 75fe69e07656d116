package dev.assent.event;

/** What a server of the znode store does. {@code server} is its id. */
public sealed interface MemberEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.member(this);
    }

    void accept(Handler handler);

    /** What a serving server is to the others. */
    enum Role {
        STANDALONE,
        LEADER,
        FOLLOWER,
        OBSERVER
    }

    /** It has no leader, and looks for one. */
    record Looking(long server) implements MemberEvent {
        @Override
        public void accept(Handler handler) {
            handler.looking(this);
        }
    }

    /**
     * It serves clients, after {@code lookingNanos} without a leader.
     *
     * @param leader the leader's id, its own if it leads
     */
    record Serving(long server, Role role, long leader, long epoch, long lookingNanos) implements MemberEvent {
        @Override
        public void accept(Handler handler) {
            handler.serving(this);
        }
    }

    /** Its log was synced, and took {@code nanos} over it. */
    record Synced(long server, long nanos) implements MemberEvent {
        @Override
        public void accept(Handler handler) {
            handler.synced(this);
        }
    }

    /** It has failed, and acknowledges nothing any more. */
    record Stopped(long server, String cause) implements MemberEvent {
        @Override
        public void accept(Handler handler) {
            handler.stopped(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void looking(Looking event);

        void serving(Serving event);

        void synced(Synced event);

        void stopped(Stopped event);
    }
}
