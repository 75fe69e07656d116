package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.testing.ToyResource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BranchCommandsTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final BranchCommands commands = new BranchCommands(new LocalParts(2, Runnable::run));

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private AgentResource orders() {
        return new AgentResource(new ToyResource("orders"), timer, () -> 0, () -> {});
    }

    @Test
    void a_refused_resource_gives_its_name_back_to_the_one_before() {
        AgentResource before = orders();
        AgentResource refused = orders();
        assertThat(commands.register(before)).isEmpty();
        Optional<AgentResource> earlier = commands.register(refused);

        commands.replace(refused, earlier);

        assertThat(commands.find("orders")).containsSame(before);
    }

    @Test
    void a_refused_resource_takes_the_name_from_nobody_who_has_it_now() {
        AgentResource refused = orders();
        AgentResource later = orders();
        Optional<AgentResource> earlier = commands.register(refused);
        assertThat(commands.register(later)).containsSame(refused);

        commands.replace(refused, earlier);

        assertThat(commands.find("orders")).containsSame(later);
    }

    @Test
    void a_name_that_was_let_go_while_it_was_refused_stays_let_go() {
        assertThat(commands.register(orders())).isEmpty();
        AgentResource refused = orders();
        Optional<AgentResource> earlier = commands.register(refused);
        commands.deregister("orders");

        commands.replace(refused, earlier);

        assertThat(commands.find("orders")).isEmpty();
    }
}
