package dev.assent.tx.model;

/** What became of the attempt to decide ABORT for a transaction whose coordinator may be alive. */
public sealed interface AbortResult {

    /** There is a record now or there was one before; it is the outcome. */
    record Decided(DecisionRecord record) implements AbortResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.decided(this);
        }
    }

    /** Records of the shard were deleted since the mark was read: the scan proves nothing any more. Scan again. */
    record ScanAgain() implements AbortResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.scanAgain(this);
        }
    }

    /** Something is decided, and nobody can read what: the branch is to be left alone. */
    record Unreadable(String why) implements AbortResult {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unreadable(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a result. */
    interface Handler<R> {
        R decided(Decided result);

        R scanAgain(ScanAgain result);

        R unreadable(Unreadable result);
    }
}
