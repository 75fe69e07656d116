package dev.assent.tx.protocol.twophase;

import dev.assent.tx.model.Decision;

/** What the store answers to the commands of {@link DecisionWrite}. */
public sealed interface DecisionInput {

    /** The multi was applied. */
    record Applied() implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.applied(this);
        }
    }

    /** The check of the epoch failed; nothing was applied by this attempt. */
    record EpochRefused() implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.epochRefused(this);
        }
    }

    /** A record was there; nothing was applied by this attempt. */
    record RecordExists() implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.recordExists(this);
        }
    }

    /** The store refused the attempt for another reason; nothing was applied by it. */
    record Refused(String cause) implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.refused(this);
        }
    }

    /** No answer will come: applied or not is not known. */
    record ConnectionLost(String cause) implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.connectionLost(this);
        }
    }

    /** Connected again, under the same session or after the old one is known to be over. */
    record Reconnected() implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.reconnected(this);
        }
    }

    /** The record, read after a sync. */
    record Found(Decision decision) implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.found(this);
        }
    }

    /** No record, read after a sync. */
    record Absent() implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.absent(this);
        }
    }

    /** Nothing more can be asked: stopping, or the record cannot be read. */
    record GaveUp(String cause) implements DecisionInput {
        @Override
        public <R> R accept(Handler<R> handler) {
            return handler.gaveUp(this);
        }
    }

    <R> R accept(Handler<R> handler);

    /** One method a record. */
    interface Handler<R> {
        R applied(Applied input);

        R epochRefused(EpochRefused input);

        R recordExists(RecordExists input);

        R refused(Refused input);

        R connectionLost(ConnectionLost input);

        R reconnected(Reconnected input);

        R found(Found input);

        R absent(Absent input);

        R gaveUp(GaveUp input);
    }
}
