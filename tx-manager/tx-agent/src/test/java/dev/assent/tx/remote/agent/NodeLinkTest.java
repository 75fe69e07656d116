package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.NodeMessage;
import dev.assent.tx.remote.wire.Welcome;
import dev.assent.tx.testing.Eventually;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeLinkTest {
    private final BlockingQueue<StreamObserver<NodeMessage>> attached = new LinkedBlockingQueue<>();
    private final BlockingQueue<AgentMessage> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Consumer<AgentMessage>> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> pauses = new LinkedBlockingQueue<>();
    private final BlockingQueue<NameAnswer> nameAnswers = new LinkedBlockingQueue<>();
    private final BlockingQueue<NodeLink> lost = new LinkedBlockingQueue<>();
    private final BlockingQueue<ClientCall.Listener<Object>> listeners = new LinkedBlockingQueue<>();
    private final NodeDirectory directory = new NodeDirectory();
    private final ScheduledExecutorService timer = new HastyTimer();
    private Server node;
    private NodeLink link;

    @BeforeEach
    void start() throws IOException {
        String name = UUID.randomUUID().toString();
        node = InProcessServerBuilder.forName(name)
                .addService(new RecordingNode())
                .build()
                .start();
        ManagedChannel channel =
                InProcessChannelBuilder.forName(name).intercept(new Wiretap()).build();
        link = new NodeLink("node", channel, directory, new RecordingAgent(), timer);
        link.dial();
    }

    @AfterEach
    void stop() {
        link.close();
        node.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void an_answer_to_a_command_of_a_lost_link_is_not_given_on_the_next_one() throws InterruptedException {
        StreamObserver<NodeMessage> first = next(attached);
        assertThat(next(received).hasHello()).isTrue();
        first.onNext(command(1));
        Consumer<AgentMessage> late = next(asked);

        first.onError(Status.UNAVAILABLE.asRuntimeException());
        StreamObserver<NodeMessage> second = next(attached);
        assertThat(next(received).hasHello()).isTrue();
        second.onNext(command(1));
        Consumer<AgentMessage> prompt = next(asked);

        late.accept(reply("late"));
        prompt.accept(reply("prompt"));

        assertThat(next(received).getReply().getFailure()).isEqualTo("prompt");
    }

    @Test
    void a_refusal_for_good_is_logged_once_as_an_error_with_the_remedy_and_dialled_again_after_a_long_pause()
            throws InterruptedException {
        Refusals seen = refuse(2, Status.INVALID_ARGUMENT.withDescription("field resources: 65 names, at most 64"));

        assertThat(seen.pausesMillis()).containsExactly(60_000L, 60_000L);
        assertThat(seen.logged()).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage())
                    .contains("node", "shop", "65 names, at most 64", "Correct the configuration");
        });
    }

    @Test
    void a_refusal_that_may_pass_is_logged_once_and_dialled_again_after_pauses_that_grow_to_a_minute()
            throws InterruptedException {
        for (Status.Code code : List.of(
                Status.Code.PERMISSION_DENIED,
                Status.Code.UNAUTHENTICATED,
                Status.Code.UNIMPLEMENTED,
                Status.Code.FAILED_PRECONDITION)) {
            StreamObserver<NodeMessage> welcoming = next(attached);
            welcoming.onNext(welcome());
            attached.add(welcoming);

            Refusals seen = refuse(13, code.toStatus().withDescription("the proxy is being deployed"));

            assertThat(seen.pausesMillis())
                    .containsExactly(
                            50L, 100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 51_200L, 60_000L,
                            60_000L);
            assertThat(seen.logged()).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                    .contains(code.name(), "the proxy is being deployed"));
        }
    }

    @Test
    void a_link_that_is_lost_after_refusals_is_dialled_again_soon() throws InterruptedException {
        refuse(13, Status.UNIMPLEMENTED);

        assertThat(refuse(1, Status.UNAVAILABLE).pausesMillis()).containsExactly(2_000L);
    }

    /** On a timer whose pauses never end. */
    @Test
    void a_link_that_was_lost_is_dialled_at_once_when_something_changes_among_the_nodes() throws Exception {
        timer.shutdown();
        next(attached).onError(Status.UNAVAILABLE.asRuntimeException());
        assertThat(next(lost)).isSameAs(link);

        Eventually.soon("it is dialled again", () -> {
            link.dialAtOnceIfLost();
            return !attached.isEmpty();
        });
    }

    @Test
    void a_link_that_stands_is_not_dialled_when_something_changes_among_the_nodes() throws Exception {
        StreamObserver<NodeMessage> only = next(attached);

        link.dialAtOnceIfLost();

        only.onNext(command(1));
        assertThat(next(asked)).isNotNull();
        assertThat(attached).isEmpty();
    }

    @Test
    void a_node_that_refuses_this_service_is_not_dialled_before_its_time() throws Exception {
        timer.shutdown();
        next(attached).onError(Status.INVALID_ARGUMENT.asRuntimeException());
        assertThat(next(pauses)).isEqualTo(60_000L);

        link.dialAtOnceIfLost();

        assertThat(attached).isEmpty();
    }

    @Test
    void a_node_of_another_cluster_is_not_believed_and_what_it_said_of_names_is_forgotten()
            throws InterruptedException {
        assertThat(directory.belongsTo(new ClusterId(7))).isTrue();
        ClientCall.Listener<Object> wire = next(listeners);

        next(attached).onNext(welcome());
        assertThat(next(lost)).isSameAs(link);
        wire.onMessage(NodeMessage.newBuilder()
                .setNameAnswer(NameAnswer.newBuilder().setName("orders").setKind(NameAnswer.Kind.REFUSED))
                .build());
        wire.onMessage(command(1));

        assertThat(nameAnswers).isEmpty();
        assertThat(asked).isEmpty();
    }

    /** Lets the test speak as the wire does, also when the link is closed. */
    private final class Wiretap implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                @SuppressWarnings("unchecked") // the test sends what the method answers with
                public void start(Listener<A> listener, Metadata headers) {
                    listeners.add((Listener<Object>) listener);
                    super.start(listener, headers);
                }
            };
        }
    }

    /** What the link did while it was refused: the pauses it asked its timer for, and what it logged. */
    private record Refusals(List<Long> pausesMillis, List<ILoggingEvent> logged) {}

    private Refusals refuse(int times, Status status) throws InterruptedException {
        Logger log = (Logger) LoggerFactory.getLogger(NodeLink.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.list = new CopyOnWriteArrayList<>(); // it is read while others write
        logged.start();
        log.addAppender(logged);
        List<Long> pausesMillis = new ArrayList<>();
        try {
            for (int dial = 0; dial < times; dial++) {
                next(attached).onError(status.asRuntimeException());
                pausesMillis.add(next(pauses));
            }
        } finally {
            log.detachAppender(logged);
        }
        return new Refusals(pausesMillis, logged.list);
    }

    /** Takes note of pauses, and skips them; once it is shut down they never end. */
    private static final ScheduledThreadPoolExecutor NEVER = new ScheduledThreadPoolExecutor(0);

    private final class HastyTimer extends ScheduledThreadPoolExecutor {
        HastyTimer() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            pauses.add(unit.toMillis(delay));
            return isShutdown() ? NEVER.schedule(task, 1, TimeUnit.DAYS) : super.schedule(task, 0, unit);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        @Nullable T element = queue.poll(120, TimeUnit.SECONDS);
        if (element == null) {
            throw new AssertionError("nothing came within two minutes");
        }
        return element;
    }

    private static NodeMessage welcome() {
        return NodeMessage.newBuilder()
                .setWelcome(Welcome.newBuilder().setCluster(ByteString.copyFrom(new byte[Long.BYTES])))
                .build();
    }

    private static NodeMessage command(long id) {
        return NodeMessage.newBuilder()
                .setCommand(Command.newBuilder().setCommandId(id).setKind(Command.Kind.SCAN))
                .build();
    }

    private static AgentMessage reply(String text) {
        return AgentMessage.newBuilder()
                .setReply(CommandReply.newBuilder().setCommandId(1).setFailure(text))
                .build();
    }

    private final class RecordingNode extends CoordinatorGrpc.CoordinatorImplBase {
        @Override
        public StreamObserver<AgentMessage> attach(StreamObserver<NodeMessage> out) {
            attached.add(out);
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    received.add(message);
                }

                @Override
                public void onError(Throwable lost) {
                    // the test looks at messages only
                }

                @Override
                public void onCompleted() {
                    // the test looks at messages only
                }
            };
        }
    }

    private final class RecordingAgent implements NodeLink.Owner {
        @Override
        public void toldTime(String node, long epochMillis, long roundTripNanos) {
            // Other tests look at it.
        }

        @Override
        public AgentId agent() {
            return new AgentId(1, 2);
        }

        @Override
        public String service() {
            return "shop";
        }

        @Override
        public Iterable<NamedResource> resources() {
            return List.of(NamedResource.newBuilder().setName("orders").build());
        }

        @Override
        public void nameAnswer(NodeLink node, NameAnswer answer) {
            nameAnswers.add(answer);
        }

        @Override
        public void linkLost(NodeLink node) {
            lost.add(node);
        }

        @Override
        public void command(Command command, Consumer<AgentMessage> reply) {
            asked.add(reply);
        }

        @Override
        public void ended(Ended ended) {
            throw new AssertionError("no transaction ends here");
        }

        @Override
        public void closing(NodeLink node, Leading.Shard shard) {
            // not part of this
        }

        @Override
        public void leaderChanged() {
            throw new AssertionError("nobody leads here");
        }
    }
}
