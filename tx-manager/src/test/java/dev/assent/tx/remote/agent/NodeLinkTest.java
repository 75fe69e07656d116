package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.NodeMessage;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
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
    private final BlockingQueue<Redial> redials = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService timer = new NotingTimer();
    private Server node;
    private NodeLink link;

    @BeforeEach
    void start() throws IOException {
        String name = UUID.randomUUID().toString();
        node = InProcessServerBuilder.forName(name)
                .addService(new RecordingNode())
                .build()
                .start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        link = new NodeLink("node", channel, new NodeDirectory(), new RecordingAgent(), timer);
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
        Logger log = (Logger) LoggerFactory.getLogger(NodeLink.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        log.addAppender(logged);
        try {
            for (int dial = 0; dial < 2; dial++) {
                next(attached)
                        .onError(Status.INVALID_ARGUMENT
                                .withDescription("field resource_managers: 65 names, at most 64")
                                .asRuntimeException());
                Redial redial = next(redials);
                assertThat(redial.pauseMillis()).isGreaterThanOrEqualTo(30_000);
                redial.dial().run();
            }
        } finally {
            log.detachAppender(logged);
        }

        assertThat(next(attached)).isNotNull();
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage())
                    .contains("node", "shop", "65 names, at most 64", "Correct the configuration");
        });
    }

    /** A dial that the link asked its timer for. */
    private record Redial(Runnable dial, long pauseMillis) {}

    /** Takes note of long pauses, and lets short ones be. */
    private final class NotingTimer extends ScheduledThreadPoolExecutor {
        private static final long NOTED_MILLIS = 10_000;

        NotingTimer() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            if (unit.toMillis(delay) >= NOTED_MILLIS) {
                redials.add(new Redial(task, unit.toMillis(delay)));
            }
            return super.schedule(task, delay, unit);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        @Nullable T element = queue.poll(30, TimeUnit.SECONDS);
        if (element == null) {
            throw new AssertionError("nothing came within half a minute");
        }
        return element;
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
        public AgentId agent() {
            return new AgentId(1, 2);
        }

        @Override
        public String service() {
            return "shop";
        }

        @Override
        public Iterable<String> resourceNames() {
            return List.of("orders");
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
        public void reignChanged() {
            throw new AssertionError("nobody reigns here");
        }
    }
}
