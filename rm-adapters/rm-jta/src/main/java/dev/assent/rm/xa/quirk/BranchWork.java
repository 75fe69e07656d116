package dev.assent.rm.xa.quirk;

/** What a look at a branch finds whose work is over and which is not prepared yet. */
public sealed interface BranchWork {

    /**
     * It has, or may have, changed something.
     *
     * @param witness names the database's own transaction, so that its end can be asked for later; empty if it has no
     *     such name
     */
    record Changed(String witness) implements BranchWork {
        @Override
        public <R, E extends Exception> R accept(Handler<R, E> handler) throws E {
            return handler.changed(this);
        }
    }

    /**
     * Nothing can be learnt of it over its connection. What its driver answers from now on shows nothing by itself: it
     * has to be compared with what the resource manager lists.
     */
    record Unseen() implements BranchWork {
        @Override
        public <R, E extends Exception> R accept(Handler<R, E> handler) throws E {
            return handler.unseen(this);
        }
    }

    /** It changed nothing. */
    record Nothing() implements BranchWork {
        @Override
        public <R, E extends Exception> R accept(Handler<R, E> handler) throws E {
            return handler.nothing(this);
        }
    }

    /** The database has given it up already; it can only roll back. */
    record Failed(String cause) implements BranchWork {
        @Override
        public <R, E extends Exception> R accept(Handler<R, E> handler) throws E {
            return handler.failed(this);
        }
    }

    /** The application has ended it by itself, committed or rolled back: nothing here can say which. */
    record Ended() implements BranchWork {
        @Override
        public <R, E extends Exception> R accept(Handler<R, E> handler) throws E {
            return handler.ended(this);
        }
    }

    <R, E extends Exception> R accept(Handler<R, E> handler) throws E;

    /** One method a find. */
    interface Handler<R, E extends Exception> {
        R changed(Changed work) throws E;

        R unseen(Unseen work) throws E;

        R nothing(Nothing work) throws E;

        R failed(Failed work) throws E;

        R ended(Ended work) throws E;
    }
}
