package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.testing.ToyResource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BranchCommandsTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LocalParts parts = new LocalParts(2, Runnable::run);
    private final BranchCommands commands = new BranchCommands(parts);

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

    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, Long.MAX_VALUE, new GlobalTxId.Unique(3, 4));
    private static final BranchId BRANCH = new BranchName(new ResourceName("orders").hash(), 1, 5).in(ID);

    private ToyResource agreed() {
        return AgreedResource.in(commands, timer);
    }

    private LocalPart working(Participant participant) {
        LocalPart part = parts.open(ID);
        assertThat(part.add(new BranchRun(BRANCH, participant))).isTrue();
        return part;
    }

    private Completion told(Command.Kind kind) {
        return Wire.completion(commands.run(Command.newBuilder()
                        .setCommandId(1)
                        .setKind(kind)
                        .setResourceManager("orders")
                        .setBranch(Wire.branch(BRANCH))
                        .build())
                .toCompletableFuture()
                .join()
                .getCompletion());
    }

    /** Its connection was cut off while it prepared: the database may be at it still. */
    @Test
    void a_branch_that_turns_out_prepared_after_it_was_given_up_is_rolled_back_as_recovery_says() {
        ToyResource orders = agreed();
        LocalPart part = working(orders.voting(new Vote.Unconfirmed("the connection was cut off")));
        assertThat(part.branches().get(0).prepare(Optional::empty)).isNotNull();
        for (int absence = 0; absence < BranchRun.ABSENCES_MAX; absence++) {
            parts.ended(ID, new Outcome.RolledBack("its coordinator died"))
                    .toCompletableFuture()
                    .join();
        }
        assertThat(parts.all()).isEmpty();

        orders.turnsUpPrepared(BRANCH);

        assertThat(told(Command.Kind.ROLLBACK)).isEqualTo(new Completion.Done());
        assertThat(orders.prepared()).isEmpty();
    }

    @Test
    void a_branch_that_was_ended_for_certain_is_told_as_it_is_remembered() {
        ToyResource orders = agreed();
        LocalPart part = working(orders);
        assertThat(part.branches().get(0).prepare(Optional::empty)).isNotNull();
        part.branches().get(0).commit().toCompletableFuture().join();
        parts.ended(ID, new Outcome.Committed()).toCompletableFuture().join();

        assertThat(told(Command.Kind.COMMIT)).isEqualTo(new Completion.Done());
    }

    /** The part is still open, as another branch has not obeyed. */
    @Test
    void a_branch_that_was_looked_for_in_vain_is_rolled_back_when_recovery_has_seen_it() {
        ToyResource orders = agreed();
        BranchRun branch = working(orders.voting(new Vote.Unconfirmed("cut off")))
                .branches()
                .get(0);
        CompletionStage<Vote> unused = branch.prepare(Optional::empty);
        for (int absence = 0; absence < BranchRun.ABSENCES_MAX; absence++) {
            assertThat(told(Command.Kind.ROLLBACK)).isEqualTo(new Completion.NotKnown());
        }
        assertThat(branch.hasEnded()).isTrue();

        orders.turnsUpPrepared(BRANCH);

        assertThat(told(Command.Kind.ROLLBACK)).isEqualTo(new Completion.Done());
        assertThat(orders.prepared()).isEmpty();
    }
}
