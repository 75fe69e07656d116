package dev.assent.tx.remote.acceptor;

import com.google.protobuf.ByteString;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.Refused;
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
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** This process' acceptor on the network; see {@code acceptor.proto}. Holds no thread while the disk is written. */
public final class AcceptorEndpoint extends AcceptorGrpc.AcceptorImplBase {
    private final AcceptorHost host;
    private final Predicate<ClusterId> cluster;
    private final BiFunction<GlobalTxId, Decision, CompletionStage<Void>> learned;
    private final AcceptorRights rights;
    private final Refused refused = new Refused(Clock.SYSTEM);

    /**
     * The face of {@code host}.
     *
     * @param cluster whether a cluster is this one; an agent may not have heard yet which it is
     * @param learned told what was chosen, by a node that has learned it, which is answered when its stage is done; must
     *     not block. What a service says is believed nowhere: whoever wants to know asks the acceptors
     * @param rights what is done for whom
     */
    public AcceptorEndpoint(
            AcceptorHost host,
            Predicate<ClusterId> cluster,
            BiFunction<GlobalTxId, Decision, CompletionStage<Void>> learned,
            AcceptorRights rights) {
        this.host = host;
        this.cluster = cluster;
        this.learned = learned;
        this.rights = rights;
    }

    /** Finds out who asks: for servers where {@link ParticipantRights} are to know. */
    public static ServerInterceptor callers() {
        return new Asker.Calls();
    }

    @Override
    public void ask(AcceptorQuestion question, StreamObserver<AcceptorAnswer> reply) {
        try {
            Asker asker = admitted();
            GlobalTxId transaction = ours(question.getGtrid());
            requireMeant(question.getAcceptor());
            AcceptorRequest request = AcceptorWire.request(question);
            CompletionStage<?> unused = allowed(asker, transaction, request)
                    .thenCompose(allowed -> host.ask(transaction, request))
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

    /** Who asks, if it may at all. */
    private Asker admitted() {
        Asker asker = rights.asker();
        rights.objectionTo(asker).ifPresent(this::refuse);
        return asker;
    }

    private void refuse(String why) {
        throw refusal(why);
    }

    private StatusRuntimeException refusal(String why) {
        refused.because(why);
        return Status.PERMISSION_DENIED.withDescription(why).asRuntimeException();
    }

    /** Fails with why it is not done. */
    private CompletionStage<Void> allowed(Asker asker, GlobalTxId transaction, AcceptorRequest request) {
        if (request instanceof AcceptorRequest.Accept accept && accept.ballot().round() == 0 && !asker.mayBeNode()) {
            refuse("the coordinator of " + transaction + " alone proposes under ballot 0, and the certificate names "
                    + asker);
        }
        return rights.objectionTo(asker, transaction, request)
                .thenAccept(objection -> objection.ifPresent(why -> refuse(
                        asker + " asks what an acceptor does not do, of transaction " + transaction + ": " + why)));
    }

    @Override
    public void learn(ChosenDecision chosen, StreamObserver<ChosenHeard> reply) {
        try {
            Asker asker = admitted();
            GlobalTxId transaction = ours(chosen.getGtrid());
            Decision told = AcceptorWire.value(chosen.getValue());
            CompletionStage<Void> heard =
                    asker.mayBeNode() ? learned.apply(transaction, told) : CompletableFuture.completedStage(null);
            CompletionStage<?> unused = heard.whenComplete((done, failed) -> {
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
            Asker asker = admitted();
            if (!asker.mayBeNode()) {
                refuse("who looks for the acceptors of a transaction is a node, and the certificate names " + asker);
            }
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
            Asker unusedAsker = admitted();
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
        if (cause instanceof StatusRuntimeException status) {
            return status;
        }
        return Status.UNAVAILABLE
                .withDescription(cause == null ? "no answer" : String.valueOf(cause.getMessage()))
                .asRuntimeException();
    }
}
