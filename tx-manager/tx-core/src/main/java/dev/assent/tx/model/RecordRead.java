package dev.assent.tx.model;

/** What reading a transaction's decision record came to. A record that cannot be read is never taken for none. */
public sealed interface RecordRead {

    /** There is none: whether there ever was one is another question. */
    record Absent() implements RecordRead {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.absent(this);
        }
    }

    /** There is one. */
    record Found(DecisionRecord record) implements RecordRead {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.found(this);
        }
    }

    /** There is one, and it does not say what it decides: damaged, foreign, or of a newer version. */
    record Unreadable(String why) implements RecordRead {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unreadable(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a result. */
    interface Handler<R> {
        R absent(Absent read);

        R found(Found read);

        R unreadable(Unreadable read);
    }
}
