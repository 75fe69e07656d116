package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.wire.CanDecideReply;
import dev.assent.tx.remote.wire.CanDecideRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Leading;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether transactions can be decided, asked of nodes some of which cannot, or say nothing. */
class NodesStatusTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final NodeDirectory directory = new NodeDirectory();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final List<Server> servers = new ArrayList<>();
    private final List<NodeLink> links = new ArrayList<>();
    private final NodesStatus nodes = new NodesStatus(links, directory);

    @AfterEach
    void stop() {
        links.forEach(NodeLink::close);
        servers.forEach(Server::shutdownNow);
        timer.shutdownNow();
    }

    @Test
    void one_node_that_can_decide_is_enough_whatever_the_others_say_or_do_not_say() throws Exception {
        leader("silent", reply -> {});
        leader("away", reply -> reply.onError(Status.UNAVAILABLE.asRuntimeException()));
        leader("cut off", obstacle("the store has not answered for 1500 ms"));
        leader("well", obstacle(""));

        assertThat(CompletableFuture.supplyAsync(() -> nodes.status(LONG)))
                .succeedsWithin(Duration.ofSeconds(60)) // as soon as it has said so
                .extracting(ServiceStatus::obstacle)
                .isEqualTo(Optional.empty());
    }

    @Test
    void if_none_can_each_is_named_with_its_reason_within_the_patience() throws Exception {
        leader("cut off", obstacle("the store has not answered for 1500 ms"));
        assertThat(nodes.status(LONG).obstacle())
                .as("asked before, what is asked is quick")
                .isPresent();
        leader("silent", reply -> {});
        leader("away", reply -> reply.onError(Status.UNAVAILABLE.asRuntimeException()));

        assertThat(nodes.status(SHORT).obstacle()).hasValueSatisfying(told -> assertThat(told)
                .contains("silent: it does not answer within 2000 ms")
                .contains("away: it does not answer within 2000 ms (UNAVAILABLE)")
                .contains("cut off: the store has not answered for 1500 ms"));
    }

    /** Nothing is done over these links but to ask. */
    static NodeLink.Owner nobody() {
        return (NodeLink.Owner) Proxy.newProxyInstance(
                NodeLink.Owner.class.getClassLoader(),
                new Class<?>[] {NodeLink.Owner.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "agent" -> new AgentId(1, 2);
                    case "service" -> "nobody";
                    case "resources" -> List.of();
                    case "acceptor" -> Optional.empty();
                    default -> null;
                });
    }

    private static Consumer<StreamObserver<CanDecideReply>> obstacle(String why) {
        return reply -> {
            reply.onNext(CanDecideReply.newBuilder().setObstacle(why).build());
            reply.onCompleted();
        };
    }

    private void leader(String target, Consumer<StreamObserver<CanDecideReply>> answer) throws IOException {
        String name = UUID.randomUUID().toString();
        servers.add(InProcessServerBuilder.forName(name)
                .addService(new CoordinatorGrpc.CoordinatorImplBase() {
                    @Override
                    public void canDecide(CanDecideRequest request, StreamObserver<CanDecideReply> reply) {
                        answer.accept(reply);
                    }
                })
                .build()
                .start());
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        NodeLink link = new NodeLink(target, channel, directory, nobody(), timer);
        links.add(link);
        directory.belongsTo(new ClusterId(7));
        directory.leads(
                link,
                List.of(Leading.Shard.newBuilder()
                        .setShard(links.size())
                        .setEpoch(1)
                        .build()),
                1);
    }
}
