package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorsAnswer;
import dev.assent.tx.remote.wire.AcceptorsQuestion;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.spi.AcceptorAddresses;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the acceptor of a service does for another service, which may lie, and for a node, which does not. */
final class ParticipantRightsTest {
    private static final GlobalTxId TRANSACTION = Sample.transaction(1);
    private static final Asker SERVICE = new Asker(Optional.of(Set.of(new CertifiedName(Role.AGENT, "thief"))));
    private static final Asker NODE = new Asker(Optional.of(Set.of(new CertifiedName(Role.NODE, "left"))));

    @TempDir
    private Path folder;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final List<Decision> learned = new ArrayList<>();
    private boolean othersEnded;
    private Asker asker = SERVICE;
    private FileAcceptorLog log;
    private AcceptorHost host;
    private AcceptorEndpoint endpoint;

    @SuppressWarnings("NullAway.Init") // They are made before each test.
    ParticipantRightsTest() {}

    @BeforeEach
    void open() throws IOException {
        log = FileAcceptorLog.open(folder, FileAcceptorLog.Limits.DEFAULT);
        host = new AcceptorHost(log, AcceptorHost.Limits.DEFAULT);
        AcceptorRoutes others = new Others();
        Forgetting forgetting =
                new Forgetting(host, others, new Terminations(others, timer), Clock.SYSTEM, Forgetting.Limits.DEFAULT);
        AcceptorRights rights = new ParticipantRights(host, forgetting);
        endpoint = new AcceptorEndpoint(
                host,
                cluster -> true,
                (transaction, chosen) -> {
                    learned.add(chosen);
                    return CompletableFuture.completedStage(null);
                },
                new AcceptorRights() {
                    @Override
                    public Asker asker() {
                        return asker;
                    }

                    @Override
                    public Optional<String> objectionTo(Asker who) {
                        return rights.objectionTo(who);
                    }

                    @Override
                    public CompletionStage<Optional<String>> objectionTo(
                            Asker who, GlobalTxId transaction, AcceptorRequest request) {
                        return rights.objectionTo(who, transaction, request);
                    }
                });
    }

    @AfterEach
    void close() {
        log.close();
        timer.shutdownNow();
    }

    /** As this service does before it votes yes. */
    private void voted() {
        List<AcceptorAddresses.Entry> entries =
                new ArrayList<>(Sample.addresses().entries().subList(0, 2));
        entries.add(new AcceptorAddresses.Entry(host.id(), "127.0.0.1:4"));
        join(host.keep(TRANSACTION, Sample.RESOURCE, new AcceptorAddresses(entries)));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private AcceptorReply ask(AcceptorRequest request) {
        AcceptorAnswer answer = answered(reply -> endpoint.ask(
                AcceptorWire.question(request)
                        .setGtrid(Wire.gtrid(TRANSACTION))
                        .setAcceptor(AcceptorWire.bytes(host.id().value()))
                        .build(),
                reply));
        return AcceptorWire.reply(answer);
    }

    private static <T> T answered(Consumer<StreamObserver<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        call.accept(new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable failed) {
                answer.completeExceptionally(failed);
            }

            @Override
            public void onCompleted() {}
        });
        return answer.join();
    }

    private static void assertDenied(Runnable call, String because) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(call::run)
                .havingCause()
                .isInstanceOfSatisfying(StatusRuntimeException.class, refusal -> {
                    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                    assertThat(refusal.getStatus().getDescription()).contains(because);
                });
    }

    @Test
    void commit_is_accepted_only_by_who_has_voted_and_under_ballot_0_only_from_a_coordinator() {
        AcceptorRequest later = new AcceptorRequest.Accept(Sample.ONE, Decision.COMMIT);

        assertDenied(() -> ask(later), "nobody here has voted in it");
        asker = NODE;
        assertDenied(() -> ask(Sample.PRE_COMMIT), "nobody here has voted in it");
        voted();
        asker = SERVICE;
        assertDenied(() -> ask(Sample.PRE_COMMIT), "alone proposes under ballot 0");
        assertThat(host.acceptedOf(TRANSACTION)).isEmpty();

        asker = NODE;
        assertThat(ask(Sample.PRE_COMMIT)).isEqualTo(new AcceptorReply.Accepted(Sample.ZERO, Decision.COMMIT));
        asker = SERVICE;
        assertThat(ask(later)).isEqualTo(new AcceptorReply.Accepted(Sample.ONE, Decision.COMMIT));
    }

    @Test
    void a_service_is_told_nothing_of_who_the_acceptors_are_and_not_believed_what_they_chose() {
        AcceptorsQuestion who =
                AcceptorsQuestion.newBuilder().setGtrid(Wire.gtrid(TRANSACTION)).build();
        voted();

        assertDenied(
                () -> ParticipantRightsTest.<AcceptorsAnswer>answered(reply -> endpoint.find(who, reply)), "is a node");
        ChosenHeard unusedOfService =
                answered(reply -> endpoint.learn(AcceptorWire.chosen(TRANSACTION, Decision.ABORT), reply));
        assertThat(learned).isEmpty();

        asker = NODE;
        ChosenHeard unusedOfNode =
                answered(reply -> endpoint.learn(AcceptorWire.chosen(TRANSACTION, Decision.COMMIT), reply));
        assertThat(learned).containsExactly(Decision.COMMIT);
    }

    @Test
    void on_a_services_word_nothing_is_forgotten_before_all_who_voted_say_that_they_have_ended() {
        AcceptorRequest forget = new AcceptorRequest.Forget();
        voted();

        assertDenied(() -> ask(forget), "not to be forgotten");
        assertThat(host.keptOf(TRANSACTION)).isPresent();

        othersEnded = true;
        assertThat(ask(forget)).isEqualTo(new AcceptorReply.Forgotten());
    }

    /** The other acceptors, of which it is known whether they have ended. */
    private final class Others implements AcceptorRoutes {
        @Override
        public CompletionStage<AcceptorReply> ask(
                AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
            return CompletableFuture.failedStage(new IOException("nobody is there"));
        }

        @Override
        public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
            return CompletableFuture.failedStage(new IOException("nobody is there"));
        }

        @Override
        public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
            return CompletableFuture.completedStage(othersEnded);
        }
    }
}
