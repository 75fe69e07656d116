package dev.assent.tx.model;

/** What became of the attempt to decide COMMIT. */
public sealed interface CommitResult {

    /** The COMMIT record is durable. Phase 2 may start. */
    record Written() implements CommitResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.written(this);
        }
    }

    /** Somebody decided ABORT first; obey it. */
    record Aborted() implements CommitResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.aborted(this);
        }
    }

    /** The coordinator's epoch is over and its only attempt was refused: COMMIT was not decided and never can be. */
    record Fenced() implements CommitResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.fenced(this);
        }
    }

    /** The store refused the only attempt for another reason: COMMIT was not decided, and no more will be tried. */
    record Refused(String cause) implements CommitResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** An attempt may have been applied, and its record may have been obeyed and deleted since. Never an abort. */
    record Unknown(String cause) implements CommitResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unknown(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a result. */
    interface Handler<R> {
        R written(Written result);

        R aborted(Aborted result);

        R fenced(Fenced result);

        R refused(Refused result);

        R unknown(Unknown result);
    }
}
