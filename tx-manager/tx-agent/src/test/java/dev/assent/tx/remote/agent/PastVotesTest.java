package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.testing.NamedToy;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PastVotesTest {
    private static final ResourceName.Hash ORDERS = new ResourceName(AgreedResource.NAME).hash();
    private static final GlobalTxId ID = transaction(4);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final BranchCommands commands = new BranchCommands(new LocalParts(2, Runnable::run));
    private final Now now = new Now();
    private final PastVotes votes = new PastVotes(commands, now);

    private static GlobalTxId transaction(int number) {
        return new GlobalTxId(
                new ClusterId(7),
                new EpochKey(Authority.PAXOS_3PC, 0, 0),
                1,
                Long.MAX_VALUE,
                new GlobalTxId.Unique(3, number));
    }

    private static final class Now implements Clock {
        private long millis;

        @Override
        public long epochMillis() {
            return millis;
        }

        @Override
        public long nanos() {
            return TimeUnit.MILLISECONDS.toNanos(millis);
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private boolean hasEnded(ResourceName.Hash... resources) {
        return votes.hasEnded(ID, Set.of(resources)).toCompletableFuture().join();
    }

    private static BranchId branchOf(GlobalTxId transaction) {
        return new BranchName(ORDERS, 1, 5).in(transaction);
    }

    @Test
    void a_branch_has_ended_when_its_resource_does_not_hold_it_any_more() {
        ToyResource orders = AgreedResource.in(commands, timer);
        orders.turnsUpPrepared(branchOf(ID));
        orders.turnsUpPrepared(branchOf(transaction(5)));
        now.millis = PastVotes.SETTLED_MILLIS;
        assertThat(hasEnded(ORDERS)).isFalse();

        orders.rollback(branchOf(ID)).toCompletableFuture().join();
        assertThat(hasEnded(ORDERS)).isTrue();
    }

    @Test
    void nothing_is_said_while_a_dead_process_may_still_have_something_prepared() {
        ToyResource orders = AgreedResource.in(commands, timer);
        now.millis = PastVotes.SETTLED_MILLIS - 1;

        assertThat(hasEnded(ORDERS)).isFalse();
        assertThat(orders.scans()).isZero();
    }

    /** An address may lead to another database from one moment to the next, and back. */
    @Test
    void nothing_is_said_by_a_database_that_is_not_the_one_that_was_agreed_on() {
        NamedToy orders = new NamedToy(AgreedResource.NAME, "system 1 database 5");
        AgreedResource.in(commands, timer, orders);
        now.millis = PastVotes.SETTLED_MILLIS;
        assertThat(hasEnded(ORDERS)).isTrue();

        orders.is("system 2 database 5");
        assertThatThrownBy(() -> hasEnded(ORDERS)).hasMessageContaining("takes no part yet");
        assertThat(orders.scans()).isEqualTo(1);
    }

    @Test
    void nothing_is_known_of_a_resource_that_this_life_does_not_have() {
        AgreedResource.in(commands, timer);
        now.millis = PastVotes.SETTLED_MILLIS;

        assertThatThrownBy(() -> hasEnded(ORDERS, new ResourceName("stock").hash()))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("had a resource before");
    }

    @Test
    void nothing_is_known_of_a_resource_whose_name_may_stand_for_another() {
        assertThat(commands.register(new AgentResource(new ToyResource("orders"), timer, () -> 0, () -> {})))
                .isEmpty();
        now.millis = PastVotes.SETTLED_MILLIS;

        assertThatThrownBy(() -> hasEnded(ORDERS)).hasMessageContaining("takes no part yet");
    }
}
