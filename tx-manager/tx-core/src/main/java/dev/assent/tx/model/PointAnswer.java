package dev.assent.tx.model;

/** What became of the commit of the branch that decides, together with its row. */
public sealed interface PointAnswer {

    /** Row and work are committed: COMMIT is decided. */
    record Committed() implements PointAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.committed(this);
        }
    }

    /** A row was there, and nobody else inserts COMMIT: ABORT is decided, and nothing of the branch is committed. */
    record Aborted() implements PointAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.aborted(this);
        }
    }

    /**
     * For certain neither row nor work is committed, nor ever will be: the resource has refused, or was never told.
     *
     * @param unassigned the resource has refused because the work has not given its transaction an id
     */
    record Refused(String cause, boolean unassigned) implements PointAnswer {
        /** For any other reason. */
        public Refused(String cause) {
            this(cause, false);
        }

        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** No answer: row and work may be committed, or may be yet. */
    record Lost(String cause) implements PointAnswer {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.lost(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method an answer. */
    interface Handler<R> {
        R committed(Committed answer);

        R aborted(Aborted answer);

        R refused(Refused answer);

        R lost(Lost answer);
    }
}
