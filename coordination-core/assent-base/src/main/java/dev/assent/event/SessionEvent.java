package dev.assent.event;

/** Sessions of clients of the znode store, as the server tells that they are, or were, connected to. */
public sealed interface SessionEvent extends Event {
    @Override
    default void accept(Event.Handler handler) {
        handler.session(this);
    }

    void accept(Handler handler);

    /** A client has a session, a new one or one that it brought. */
    record Opened(long server, String session, int timeoutMillis) implements SessionEvent {
        @Override
        public void accept(Handler handler) {
            handler.opened(this);
        }
    }

    /** The session of a client of this server is over: closed by it, or expired. */
    record Ended(long server, String session) implements SessionEvent {
        @Override
        public void accept(Handler handler) {
            handler.ended(this);
        }
    }

    /** One method an event. */
    interface Handler {
        void opened(Opened event);

        void ended(Ended event);
    }
}
