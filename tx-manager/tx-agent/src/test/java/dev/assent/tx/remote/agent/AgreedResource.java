package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.testing.ToyResource;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** A resource of a service that the nodes have found to be what its name stands for. */
final class AgreedResource {
    static final String NAME = "orders";

    private AgreedResource() {}

    static ToyResource in(BranchCommands commands, ScheduledExecutorService timer) {
        ToyResource toy = new ToyResource(NAME);
        in(commands, timer, toy);
        return toy;
    }

    static void in(BranchCommands commands, ScheduledExecutorService timer, ToyResource toy) {
        AgentResource resource = new AgentResource(toy, timer, () -> 0, () -> {});
        assertThat(commands.register(resource)).isEmpty();
        Optional<ResourceIdentity> identity = resource.ask().join();
        NodeLink link = new NodeLink(
                "node",
                InProcessChannelBuilder.forName("nobody").build(),
                new NodeDirectory(),
                NodesStatusTest.nobody(),
                timer);
        resource.judged(
                link,
                NameAnswer.newBuilder()
                        .setName(NAME)
                        .setKind(NameAnswer.Kind.AGREED)
                        .setIdentity(Wire.identity(identity))
                        .build());
        link.close();
        assertThat(resource.objection()).isEmpty();
    }
}
