package dev.assent.rm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.event.Subscription;
import dev.assent.rm.http.NotJoinedException;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TargetHosts;
import dev.assent.rm.http.UnlistedHostException;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.NotedTracing;
import dev.assent.trace.Arrival;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import jakarta.transaction.RollbackException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two services over one coordinator, with real gRPC between them. */
class GrpcPropagationTest {
    private static final MethodDescriptor<String, String> WORK = method("work", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> STREAM =
            method("stream", MethodDescriptor.MethodType.SERVER_STREAMING);

    private final MemoryTransactionService coordinator = new MemoryTransactionService();
    private final AssentTransactions caller = new AssentTransactions(coordinator);
    private final AssentTransactions callee = new AssentTransactions(coordinator);
    private final Queue<String> ends = new ConcurrentLinkedQueue<>();
    private final Queue<String> strangersTokens = new ConcurrentLinkedQueue<>();
    private final Server friend = server("127.0.0.1", new TransactionServerInterceptor(callee), this::work);
    private final Server stranger = server("127.0.0.2", new Listening(), (request, answers) -> {
        answers.onNext("done");
        answers.onCompleted();
    });
    private final ManagedChannel toFriend = channel("localhost", friend);
    private final ManagedChannel toStranger = channel("127.0.0.2", stranger);

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text())
                .setFullMethodName(MethodDescriptor.generateFullMethodName("Shop", name))
                .setType(type)
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a service sees that knows nothing of transactions. */
    private final class Listening implements ServerInterceptor {
        @Override
        public <Q, A> io.grpc.ServerCall.Listener<Q> interceptCall(
                io.grpc.ServerCall<Q, A> call, Metadata headers, io.grpc.ServerCallHandler<Q, A> next) {
            String token = headers.get(TransactionMetadata.KEY);
            strangersTokens.add(token == null ? "none" : token);
            return next.startCall(call, headers);
        }
    }

    private static Server server(
            String host, ServerInterceptor interceptor, ServerCalls.UnaryMethod<String, String> work) {
        try {
            return NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
                    .intercept(interceptor)
                    .addService(ServerServiceDefinition.builder("Shop")
                            .addMethod(WORK, ServerCalls.asyncUnaryCall(work))
                            .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(work::invoke))
                            .build())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ManagedChannel channel(String host, Server server) {
        return NettyChannelBuilder.forAddress(host, server.getPort())
                .usePlaintext()
                .build();
    }

    /** The callee's handler: enlists a branch, and answers as it is asked. */
    private void work(String request, StreamObserver<String> answers) {
        if (callee.token().isEmpty()) {
            answers.onNext("alone");
            answers.onCompleted();
            return;
        }
        try {
            BranchId unused = callee.enlist("toy", branch -> new Toy());
        } catch (RollbackException e) {
            throw new IllegalStateException(e);
        }
        switch (request) {
            case "throw" -> throw new IllegalStateException("handler failed");
            case "unavailable" -> answers.onError(Status.UNAVAILABLE.asRuntimeException());
            case "refuse" ->
                answers.onError(Status.NOT_FOUND.withDescription("sold out").asRuntimeException());
            case "mark" -> {
                callee.setRollbackOnly();
                answers.onNext("done");
                answers.onCompleted();
            }
            case "later" -> ends.add("went on");
            default -> {
                answers.onNext("done");
                answers.onCompleted();
            }
        }
    }

    private final class Toy implements Participant {
        @Override
        public CompletionStage<Vote> prepare(BranchId branch) {
            return CompletableFuture.completedStage(new Vote.Prepared());
        }

        private CompletionStage<Completion> ended(String how) {
            ends.add(how);
            return CompletableFuture.completedStage(new Completion.Done());
        }

        @Override
        public CompletionStage<Completion> commit(BranchId branch) {
            return ended("committed");
        }

        @Override
        public CompletionStage<Completion> commitOnePhase(BranchId branch) {
            return ended("committed");
        }

        @Override
        public CompletionStage<Completion> rollback(BranchId branch) {
            return ended("rolled back");
        }

        @Override
        public CompletionStage<Completion> forget(BranchId branch) {
            return ended("forgotten");
        }
    }

    @AfterEach
    void close() {
        toFriend.shutdownNow();
        toStranger.shutdownNow();
        friend.shutdownNow();
        stranger.shutdownNow();
    }

    private Channel propagating(ManagedChannel channel, TargetHosts hosts) {
        return ClientInterceptors.intercept(
                channel, new PropagatingClientInterceptor(new OutgoingTransactions(caller, hosts)));
    }

    private String call(String request) {
        return ClientCalls.blockingUnaryCall(
                propagating(toFriend, TargetHosts.loopbackOnly()), WORK, CallOptions.DEFAULT, request);
    }

    @Test
    void work_of_a_called_service_ends_as_the_caller_says() throws Exception {
        caller.begin();
        assertThat(call("work")).isEqualTo("done");
        caller.commit();
        caller.begin();
        assertThat(call("work")).isEqualTo("done");
        caller.rollback();

        assertThat(ends).containsExactly("committed", "rolled back");
        assertThat(call("work")).isEqualTo("alone");
    }

    @Test
    void the_trace_of_the_transaction_goes_along_and_the_handler_is_a_part_of_it() throws Exception {
        NotedTracing tracing = new NotedTracing();
        try (Subscription heard = coordinator.events().subscribe("traces", 8, tracing)) {
            assertThat(heard).isNotNull();
            caller.begin();
            assertThat(call("work")).isEqualTo("done");
            assertThatThrownBy(() -> call("unavailable")).isInstanceOf(StatusRuntimeException.class);
            caller.rollback();
        }

        assertThat(tracing.arrivals()).extracting(Arrival::traceparent).containsOnly(NotedTracing.TRACE);
        assertThat(tracing.arrivals()).extracting(Arrival::name).containsOnly("Shop/work");
        assertThat(tracing.failures()).containsExactly("UNAVAILABLE");
    }

    @Test
    void a_handler_that_fails_makes_the_transaction_rollback_only() throws Exception {
        for (String request : List.of("throw", "unavailable", "mark", "later")) {
            caller.begin();
            assertThatThrownBy(() -> call(request)).isInstanceOf(StatusRuntimeException.class);
            assertThatThrownBy(caller::commit).as(request).isInstanceOf(RollbackException.class);
        }
        assertThat(ends).doesNotContain("committed");
    }

    @Test
    void a_refusal_is_the_callers_to_judge() throws Exception {
        caller.begin();
        assertThatThrownBy(() -> call("refuse")).hasMessageContaining("sold out");
        caller.commit();

        assertThat(ends).containsExactly("committed");
    }

    @Test
    void a_token_goes_to_listed_hosts_only() throws Exception {
        caller.begin();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        propagating(toStranger, TargetHosts.loopbackOnly()), WORK, CallOptions.DEFAULT, "work"))
                .isInstanceOf(UnlistedHostException.class);
        assertThat(strangersTokens).isEmpty();
        String unused = ClientCalls.blockingUnaryCall(
                propagating(toStranger, TargetHosts.loopbackOnly().excluding(List.of("127.0.0.2"))),
                WORK,
                CallOptions.DEFAULT,
                "work");
        caller.commit();

        assertThat(strangersTokens).containsExactly("none");
    }

    @Test
    void an_allowed_service_that_works_without_joining_makes_the_transaction_rollback_only() throws Exception {
        caller.begin();
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        propagating(toStranger, TargetHosts.loopbackAnd(List.of("127.0.0.2"))),
                        WORK,
                        CallOptions.DEFAULT,
                        "work"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasCauseInstanceOf(NotJoinedException.class);
        assertThatThrownBy(caller::commit).isInstanceOf(RollbackException.class);
    }

    @Test
    void a_stream_takes_no_transaction_along() throws Exception {
        caller.begin();
        assertThatThrownBy(() -> ClientCalls.blockingServerStreamingCall(
                                propagating(toFriend, TargetHosts.loopbackOnly()), STREAM, CallOptions.DEFAULT, "work")
                        .hasNext())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stream");
        String token = caller.token().orElseThrow();
        assertRefused(Status.Code.FAILED_PRECONDITION, () -> ClientCalls.blockingServerStreamingCall(
                        with(token), STREAM, CallOptions.DEFAULT, "work")
                .hasNext());
        caller.rollback();
        assertThat(ends).isEmpty();
    }

    private Channel with(String... tokens) {
        Metadata metadata = new Metadata();
        for (String token : tokens) {
            metadata.put(TransactionMetadata.KEY, token);
        }
        return ClientInterceptors.intercept(toFriend, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private interface Call {
        Object make();
    }

    private static void assertRefused(Status.Code code, Call call) {
        assertThatThrownBy(call::make).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(code);
            assertThat(refused).hasMessageContaining("Nothing was begun");
        });
    }

    @Test
    void a_forged_or_malformed_token_is_refused_and_begins_nothing() {
        assertRefused(
                Status.Code.PERMISSION_DENIED,
                () -> ClientCalls.blockingUnaryCall(with("forged"), WORK, CallOptions.DEFAULT, "work"));
        assertRefused(
                Status.Code.INVALID_ARGUMENT,
                () -> ClientCalls.blockingUnaryCall(with("two words"), WORK, CallOptions.DEFAULT, "work"));
        assertRefused(
                Status.Code.INVALID_ARGUMENT,
                () -> ClientCalls.blockingUnaryCall(with("one", "two"), WORK, CallOptions.DEFAULT, "work"));

        assertThat(ends).isEmpty();
        assertThat(coordinator.begun()).isZero();
    }
}
