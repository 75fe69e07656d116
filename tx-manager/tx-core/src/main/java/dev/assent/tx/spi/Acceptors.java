package dev.assent.tx.spi;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How a coordinator reaches the acceptors of three-phase commit. No method blocks. Thread-safe. */
public interface Acceptors {

    /** What the acceptors of a transaction that somebody suspected came to. */
    sealed interface Answer {

        /** It is chosen, for ever. */
        record Chosen(Decision decision) implements Answer {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.chosen(this);
            }
        }

        /** A majority has forgotten it: a COMMIT was recorded before that, and nothing else was committed. */
        record Forgotten() implements Answer {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.forgotten(this);
            }
        }

        /** Nothing can be concluded now. */
        record Undecided(String why) implements Answer {
            @Override
            public <R> R accept(Handler<R> handler) {
                return handler.undecided(this);
            }
        }

        <R> R accept(Handler<R> handler);

        /** One method an answer. */
        interface Handler<R> {
            R chosen(Chosen answer);

            R forgotten(Forgotten answer);

            R undecided(Undecided answer);
        }
    }

    /** Those of coordinator nodes, this process' own first. Without any, no transaction is begun that needs them. */
    List<AcceptorAddresses.Entry> ofNodes();

    /** Asks one of them; a failure says that nothing is known. */
    CompletionStage<AcceptorReply> ask(AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request);

    /**
     * What the acceptors of a transaction have chosen, ABORT if nothing was: for whoever suspects its coordinator. The
     * stage never fails, and completes within a few seconds.
     *
     * @param preparedAt where a branch of it was found prepared: who may serve that resource knows the acceptors. Empty:
     *     somebody asks who has nothing to show for it, and hears less where it is told who may what
     */
    CompletionStage<Answer> terminate(GlobalTxId transaction, Optional<ResourceName.Hash> preparedAt);

    /** For a coordinator of other protocols only. */
    static Acceptors none() {
        return new Acceptors() {
            @Override
            public List<AcceptorAddresses.Entry> ofNodes() {
                return List.of();
            }

            @Override
            public CompletionStage<AcceptorReply> ask(
                    AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
                return CompletableFuture.failedStage(new IOException("this process reaches no acceptors"));
            }

            @Override
            public CompletionStage<Answer> terminate(GlobalTxId transaction, Optional<ResourceName.Hash> preparedAt) {
                return CompletableFuture.completedStage(
                        new Answer.Undecided("its acceptors decide it, and this process does not reach them"));
            }
        };
    }
}
