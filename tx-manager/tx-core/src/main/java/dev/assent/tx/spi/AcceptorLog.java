package dev.assent.tx.spi;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Where an acceptor's registers are durable: a directory of its own, or a table in the service's database. Belongs to
 * one process at a time. Thread-safe.
 */
public interface AcceptorLog extends AutoCloseable {

    /** Something to be made durable. */
    sealed interface Entry {

        /** Takes the place of the transaction's register before. */
        record Register(GlobalTxId transaction, PaxosRegister register) implements Entry {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.register(this);
            }
        }

        /** Whom to ask about a transaction that this process votes yes in. */
        record Kept(GlobalTxId transaction, AcceptorAddresses acceptors) implements Entry {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.kept(this);
            }
        }

        /**
         * In which resource it does: a life after this one looks there for what is left of it. Comes before the {@link Kept}
         * that it belongs to, so that one without it is of a release that did not write it.
         */
        record Voting(GlobalTxId transaction, ResourceName.Hash resource) implements Entry {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.voting(this);
            }
        }

        /** This process' branches in the transaction have ended: nobody here will ask. */
        record Released(GlobalTxId transaction) implements Entry {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.released(this);
            }
        }

        /** Forgotten registers up to this deadline are dropped, and what is unknown up to it is refused. */
        record Horizon(long epochMillis) implements Entry {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.horizon(this);
            }
        }

        <R> R accept(Handler<R> handler);

        /** One method an entry. */
        interface Handler<R> {
            R register(Register entry);

            R kept(Kept entry);

            R voting(Voting entry);

            R released(Released entry);

            R horizon(Horizon entry);
        }
    }

    /**
     * What was durable when the log was opened.
     *
     * @param votedIn the resources of those that are kept; none of one that an earlier release kept
     */
    record Contents(
            Map<GlobalTxId, PaxosRegister> registers,
            Map<GlobalTxId, AcceptorAddresses> kept,
            Map<GlobalTxId, Set<ResourceName.Hash>> votedIn,
            long horizonEpochMillis) {}

    /** Names this place, for as long as its contents live: whoever lost them is another acceptor. */
    AcceptorId id();

    Contents contents();

    /**
     * Completes when the entry is durable, and never before. Does not block. Fails with an {@link java.io.IOException}
     * that names the remedy when it is not known to be durable: then nothing may be said that rests on it.
     */
    CompletionStage<Void> save(Entry entry);

    @Override
    void close();
}
