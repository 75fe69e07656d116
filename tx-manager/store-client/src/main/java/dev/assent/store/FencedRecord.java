package dev.assent.store;

import java.util.List;

/**
 * A record that is created once, and only while an epoch is current: one multi of the check of the epoch and of the
 * creation. Whoever advances the epoch's znode knows afterwards that no record of the owner before can appear any more.
 *
 * @param fence the epoch's znode, in the version that it has while its owner is current
 */
public record FencedRecord(StoreOp.Check fence, StoreOp.Create record) {
    /** Places of the operations in the multi. */
    public static final int FENCE = 0;

    public static final int RECORD = 1;

    public List<StoreOp> operations() {
        return List.of(fence, record);
    }

    /** What an attempt to create one came to. */
    public sealed interface Outcome {
        <R> R accept(Handler<R> handler);
    }

    /** It is durable. */
    public record Written() implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.written(this);
        }
    }

    /** The epoch is over: neither this attempt nor a later one under it creates anything. */
    public record Fenced(StoreCode code) implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.fenced(this);
        }
    }

    /** The epoch is current, and there is a record already: this owner's own earlier attempt, or another's. */
    public record Exists() implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.exists(this);
        }
    }

    /** The store answered that this attempt creates nothing. */
    public record Refused(StoreCode code) implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** Nobody knows: it may be there, or come yet. */
    public record Unanswered(StoreCode code) implements Outcome {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.unanswered(this);
        }
    }

    /** One method for each outcome. */
    public interface Handler<R> {
        R written(Written outcome);

        R fenced(Fenced outcome);

        R exists(Exists outcome);

        R refused(Refused outcome);

        R unanswered(Unanswered outcome);
    }

    /** What the store's reply to {@link #operations} means. */
    public static Outcome outcome(MultiReply reply) {
        if (reply.isApplied()) {
            return new Written();
        }
        if (!reply.isRefused()) {
            return new Unanswered(reply.code());
        }
        if (reply.failedOperation() == FENCE
                && (reply.code() == StoreCode.BADVERSION || reply.code() == StoreCode.NONODE)) {
            return new Fenced(reply.code());
        }
        return reply.failedOperation() == RECORD && reply.code() == StoreCode.NODEEXISTS
                ? new Exists()
                : new Refused(reply.code());
    }
}
