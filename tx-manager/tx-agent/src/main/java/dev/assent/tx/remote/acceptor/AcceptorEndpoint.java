package dev.assent.tx.remote.acceptor;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorGrpc;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.AcceptorsAnswer;
import dev.assent.tx.remote.wire.AcceptorsQuestion;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.remote.wire.EndedAnswer;
import dev.assent.tx.remote.wire.EndedQuestion;
import dev.assent.tx.remote.wire.IntroductionQuestion;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** This process' acceptor on the network; see {@code acceptor.proto}. Holds no thread while the disk is written. */
public final class AcceptorEndpoint extends AcceptorGrpc.AcceptorImplBase {
    private final AcceptorHost host;
    private final Predicate<ClusterId> cluster;
    private final BiFunction<GlobalTxId, Decision, CompletionStage<Void>> learned;

    /**
     * The face of {@code host}.
     *
     * @param cluster whether a cluster is this one; an agent may not have heard yet which it is
     * @param learned told what was chosen, by whoever has learned it, which is answered when its stage is done; must not
     *     block
     */
    public AcceptorEndpoint(
            AcceptorHost host,
            Predicate<ClusterId> cluster,
            BiFunction<GlobalTxId, Decision, CompletionStage<Void>> learned) {
        this.host = host;
        this.cluster = cluster;
        this.learned = learned;
    }

    @Override
    public void ask(AcceptorQuestion question, StreamObserver<AcceptorAnswer> reply) {
        try {
            GlobalTxId transaction = ours(question.getGtrid());
            requireMeant(question.getAcceptor());
            CompletionStage<?> unused = host.ask(transaction, AcceptorWire.request(question))
                    .whenComplete((answer, failed) -> {
                        if (answer != null) {
                            reply.onNext(AcceptorWire.answer(answer));
                            reply.onCompleted();
                        } else {
                            reply.onError(unavailable(failed));
                        }
                    });
        } catch (IllegalArgumentException malformed) {
            reply.onError(invalid(malformed));
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        }
    }

    @Override
    public void learn(ChosenDecision chosen, StreamObserver<ChosenHeard> reply) {
        try {
            CompletionStage<?> unused = learned.apply(ours(chosen.getGtrid()), AcceptorWire.value(chosen.getValue()))
                    .whenComplete((done, failed) -> {
                        if (failed == null) {
                            reply.onNext(ChosenHeard.getDefaultInstance());
                            reply.onCompleted();
                        } else {
                            reply.onError(unavailable(failed));
                        }
                    });
        } catch (IllegalArgumentException malformed) {
            reply.onError(invalid(malformed));
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        }
    }

    @Override
    public void find(AcceptorsQuestion question, StreamObserver<AcceptorsAnswer> reply) {
        try {
            AcceptorsAnswer.Builder known = AcceptorsAnswer.newBuilder();
            host.keptOf(ours(question.getGtrid()))
                    .ifPresent(kept -> kept.entries().forEach(entry -> known.addAcceptors(AcceptorWire.at(entry))));
            reply.onNext(known.build());
            reply.onCompleted();
        } catch (IllegalArgumentException malformed) {
            reply.onError(invalid(malformed));
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        }
    }

    @Override
    public void ended(EndedQuestion question, StreamObserver<EndedAnswer> reply) {
        try {
            GlobalTxId transaction = ours(question.getGtrid());
            requireMeant(question.getAcceptor());
            CompletionStage<?> unused = host.hasEnded(transaction).whenComplete((ended, failed) -> {
                if (failed == null) {
                    reply.onNext(EndedAnswer.newBuilder().setEnded(ended).build());
                    reply.onCompleted();
                } else {
                    reply.onError(unavailable(failed));
                }
            });
        } catch (IllegalArgumentException malformed) {
            reply.onError(invalid(malformed));
        } catch (StatusRuntimeException refused) {
            reply.onError(refused);
        }
    }

    private void requireMeant(ByteString acceptor) {
        AcceptorId meant = AcceptorWire.acceptor(acceptor);
        if (!meant.equals(host.id())) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("acceptor " + meant + " does not live here any more; " + host.id() + " does")
                    .asRuntimeException();
        }
    }

    @Override
    public void introduce(IntroductionQuestion question, StreamObserver<AcceptorAt> reply) {
        reply.onNext(AcceptorAt.newBuilder()
                .setAcceptor(AcceptorWire.bytes(host.id().value()))
                .build());
        reply.onCompleted();
    }

    private GlobalTxId ours(ByteString gtrid) {
        GlobalTxId transaction = Wire.transaction(gtrid);
        if (!cluster.test(transaction.cluster())) {
            throw Status.PERMISSION_DENIED
                    .withDescription("the transaction belongs to another cluster")
                    .asRuntimeException();
        }
        if (transaction.key().authority() != Authority.PAXOS_3PC) {
            throw new IllegalArgumentException("field gtrid: the transaction is not decided by acceptors");
        }
        return transaction;
    }

    private static StatusRuntimeException invalid(IllegalArgumentException malformed) {
        return Status.INVALID_ARGUMENT
                .withDescription(malformed.getMessage())
                .withCause(malformed)
                .asRuntimeException();
    }

    private static StatusRuntimeException unavailable(@Nullable Throwable failed) {
        Throwable cause = failed != null && failed.getCause() != null ? failed.getCause() : failed;
        return Status.UNAVAILABLE
                .withDescription(cause == null ? "no answer" : String.valueOf(cause.getMessage()))
                .asRuntimeException();
    }
}
