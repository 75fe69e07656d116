package dev.assent.tx.remote.acceptor;

import dev.assent.security.CertifiedName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorGrpc;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.AcceptorsAnswer;
import dev.assent.tx.remote.wire.AcceptorsQuestion;
import dev.assent.tx.remote.wire.ChosenHeard;
import dev.assent.tx.remote.wire.EndedAnswer;
import dev.assent.tx.remote.wire.EndedQuestion;
import dev.assent.tx.remote.wire.IntroductionQuestion;
import dev.assent.tx.spi.AcceptorAddresses;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way to other processes' acceptors. Dials when somebody is asked; nothing blocks. Thread-safe. */
public final class AcceptorChannels implements AcceptorRoutes, AutoCloseable {
    /** An acceptor that does not answer so soon is asked again, by whoever asks. */
    static final long ANSWER_SECONDS_MAX = 2;

    /** Open at once; the one that was longest unused is closed for another. */
    static final int CHANNELS_MAX = 256;

    private final Function<String, ManagedChannel> dial;
    private final Map<String, ManagedChannel> channels = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /** Dials with {@code dial}, which is given {@code host:port}. */
    public AcceptorChannels(Function<String, ManagedChannel> dial) {
        this.dial = dial;
    }

    @Override
    public CompletionStage<AcceptorReply> ask(
            AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
        Answer<AcceptorAnswer> answer = new Answer<>();
        stub(to.address(), answer, stub -> stub.ask(question(to, transaction, request), answer));
        return answer.future.thenApply(AcceptorWire::reply);
    }

    private static AcceptorQuestion question(
            AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
        return AcceptorWire.question(request)
                .setGtrid(Wire.gtrid(transaction))
                .setAcceptor(AcceptorWire.bytes(to.acceptor().value()))
                .build();
    }

    /** Tells what was chosen; fails when it was not heard. */
    @Override
    public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
        Answer<ChosenHeard> answer = new Answer<>();
        stub(to.address(), answer, stub -> stub.learn(AcceptorWire.chosen(transaction, chosen), answer));
        return answer.future.thenApply(heard -> null);
    }

    @Override
    public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
        Answer<EndedAnswer> answer = new Answer<>();
        stub(
                whom.address(),
                answer,
                stub -> stub.ended(
                        EndedQuestion.newBuilder()
                                .setGtrid(Wire.gtrid(transaction))
                                .setAcceptor(AcceptorWire.bytes(whom.acceptor().value()))
                                .build(),
                        answer));
        return answer.future.thenApply(EndedAnswer::getEnded);
    }

    /**
     * What was answered, and by whom.
     *
     * @param by what the certificate of who answered says; empty in plain text
     */
    public record By<T>(T answer, Optional<Set<CertifiedName>> by) {}

    /** The same as {@link #ask}, with who has answered. */
    public CompletionStage<By<AcceptorReply>> askWho(
            AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
        Answer<AcceptorAnswer> answer = new Answer<>();
        Answerer who = new Answerer();
        stub(to.address(), answer, stub -> stub.withInterceptors(who).ask(question(to, transaction, request), answer));
        return answer.future.thenApply(reply -> new By<>(AcceptorWire.reply(reply), who.names()));
    }

    /** Whom that acceptor knows as the acceptors of a transaction, and who says so; empty if it does not know. */
    public CompletionStage<By<Optional<AcceptorAddresses>>> find(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
        Answer<AcceptorsAnswer> answer = new Answer<>();
        Answerer who = new Answerer();
        AcceptorsQuestion question =
                AcceptorsQuestion.newBuilder().setGtrid(Wire.gtrid(transaction)).build();
        stub(whom.address(), answer, stub -> stub.withInterceptors(who).find(question, answer));
        return answer.future.thenApply(known -> new By<>(
                known.getAcceptorsCount() == 0
                        ? Optional.empty()
                        : Optional.of(AcceptorWire.all(known.getAcceptorsList())),
                who.names()));
    }

    /** The acceptor that answers at that address. */
    public CompletionStage<AcceptorAddresses.Entry> introduce(String address) {
        Answer<AcceptorAt> answer = new Answer<>();
        stub(address, answer, stub -> stub.introduce(IntroductionQuestion.getDefaultInstance(), answer));
        return answer.future.thenApply(
                known -> new AcceptorAddresses.Entry(AcceptorWire.acceptor(known.getAcceptor()), address));
    }

    private interface Call {
        void on(AcceptorGrpc.AcceptorStub stub);
    }

    private void stub(String address, Answer<?> answer, Call call) {
        try {
            call.on(AcceptorGrpc.newStub(channel(address)).withDeadlineAfter(ANSWER_SECONDS_MAX, TimeUnit.SECONDS));
        } catch (IOException | RuntimeException undialled) {
            answer.future.completeExceptionally(undialled);
        }
    }

    private synchronized ManagedChannel channel(String address) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        ManagedChannel open = channels.get(address);
        if (open != null) {
            if (open.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                open.resetConnectBackoff(); // one that comes back is found at once, not after a growing pause
            }
            return open;
        }
        if (channels.size() >= CHANNELS_MAX) {
            Iterator<ManagedChannel> eldest = channels.values().iterator();
            ManagedChannel unused = eldest.next().shutdown(); // lets calls under way end
            eldest.remove();
        }
        ManagedChannel dialled = dial.apply(address);
        channels.put(address, dialled);
        return dialled;
    }

    @Override
    public void close() {
        List<ManagedChannel> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(channels.values());
            channels.clear();
        }
        open.forEach(ManagedChannel::shutdownNow);
    }

    /** One answer, or why there is none. */
    private static final class Answer<T> implements StreamObserver<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private @Nullable T value;

        @Override
        public void onNext(T answer) {
            value = answer;
        }

        @Override
        public void onError(Throwable failed) {
            future.completeExceptionally(failed);
        }

        @Override
        public void onCompleted() {
            T answer = value;
            if (answer == null) {
                future.completeExceptionally(new IOException("ended without an answer"));
            } else {
                future.complete(answer);
            }
        }
    }
}
