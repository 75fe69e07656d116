package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.testing.ToyResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LocalPartsTest {
    private final LocalParts parts = new LocalParts(2, Runnable::run);
    private final ToyResource orders = new ToyResource("orders");

    private static GlobalTxId transaction(int number) {
        return new GlobalTxId(
                new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, 1_000, new GlobalTxId.Unique(0, number));
    }

    private BranchRun branchOf(LocalPart part) {
        BranchRun run = new BranchRun(
                new BranchId(BranchId.FORMAT_ID, part.id().toBytes(), new byte[] {(byte) part.nextBranchNumber()}),
                orders);
        assertThat(part.add(run)).isTrue();
        return run;
    }

    @Test
    void a_transaction_that_ended_without_any_node_does_not_become_known_to_one() {
        LocalPart part = parts.open(transaction(1));
        part.begunHere();

        assertThat(part.endPrivately()).isTrue();

        assertThat(part.expose()).isFalse();
    }

    @Test
    void a_transaction_that_a_node_has_heard_of_does_not_end_without_it() {
        LocalPart part = parts.open(transaction(1));
        part.begunHere();

        assertThat(part.expose()).isTrue();

        assertThat(part.endPrivately()).isFalse();
    }

    @Test
    void a_transaction_joined_twice_is_one_part() {
        assertThat(parts.open(transaction(1))).isSameAs(parts.open(transaction(1)));
    }

    @Test
    void no_more_transactions_than_allowed_are_opened() {
        parts.open(transaction(1));
        parts.open(transaction(2));

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> parts.open(transaction(3)))
                .withMessageContaining("2 transactions are under way")
                .matches(TransactionServiceException::isRetrySafe);
    }

    @Test
    void a_finished_transaction_is_not_opened_again() {
        parts.open(transaction(1));
        parts.ended(transaction(1), new Outcome.Committed());

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> parts.open(transaction(1)))
                .withMessageContaining("already ended");
    }

    @Test
    void a_finished_transaction_makes_room_for_another() {
        parts.open(transaction(1));
        parts.open(transaction(2));
        parts.ended(transaction(1), new Outcome.Committed());

        assertThat(parts.open(transaction(3)).id()).isEqualTo(transaction(3));
    }

    @Test
    void a_prepared_branch_keeps_its_part_until_it_has_ended() {
        LocalPart part = parts.open(transaction(1));
        BranchRun branch = branchOf(part);
        branch.prepare(Optional::empty);

        parts.ended(part.id(), new Outcome.Committed());
        assertThat(parts.find(part.id())).contains(part);

        branch.commit();
        parts.ended(part.id(), new Outcome.Committed());
        assertThat(parts.find(part.id())).isEmpty();
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }

    @Test
    void the_end_drops_what_was_never_asked_to_prepare_and_is_told_once() {
        LocalPart part = parts.open(transaction(1));
        branchOf(part);
        List<Outcome> heard = new ArrayList<>();
        part.onCompletion(heard::add);

        parts.ended(part.id(), new Outcome.RolledBack("no money"));
        parts.ended(part.id(), new Outcome.Committed());

        assertThat(orders.calls()).containsExactly("rollback");
        assertThat(heard).containsExactly(new Outcome.RolledBack("no money"));
    }

    @Test
    void an_unknown_outcome_is_no_end_and_the_real_one_is_heard_when_it_is_known() {
        LocalPart part = parts.open(transaction(1));
        List<Outcome> heard = new ArrayList<>();
        part.onCompletion(heard::add);

        parts.ended(part.id(), new Outcome.Unknown("the coordinator was replaced"));

        assertThat(heard).isEmpty();
        assertThat(part.isInDoubt()).isTrue();
        assertThat(part.add(new BranchRun(new BranchId(1, new byte[] {1}, new byte[] {1}), orders)))
                .isFalse();
        parts.ended(part.id(), new Outcome.Committed());
        assertThat(heard).containsExactly(new Outcome.Committed());
        assertThat(parts.find(part.id())).isEmpty();
    }

    @Test
    void an_unknown_outcome_tells_that_work_was_dropped_and_a_known_one_tells_the_outcome_only() {
        LocalPart unknown = parts.open(transaction(1));
        LocalPart known = parts.open(transaction(2));
        List<String> told = new ArrayList<>();
        for (LocalPart part : List.of(unknown, known)) {
            branchOf(part);
            part.onWorkDropped(() -> told.add("dropped"));
            part.onCompletion(outcome -> told.add("ended"));
        }

        parts.ended(unknown.id(), new Outcome.Unknown("the coordinator was replaced"));
        assertThat(told).containsExactly("dropped");
        assertThat(orders.calls()).containsExactly("rollback");

        parts.ended(known.id(), new Outcome.RolledBack("no money"));
        assertThat(told).containsExactly("dropped", "ended");
    }

    @Test
    void a_branch_that_the_coordinator_has_not_confirmed_tells_nothing_of_how_the_transaction_ended() {
        LocalPart part = parts.open(transaction(1));
        BranchRun branch = branchOf(part);
        part.doom("the coordinator was replaced");

        assertThat(part.isNotReadOnly())
                .as("without it the others may have committed read-only")
                .isFalse();

        part.confirmed(branch);
        assertThat(part.isNotReadOnly()).isTrue();
    }

    @Test
    void how_a_branch_was_ended_here_is_remembered_with_the_decision() {
        LocalPart part = parts.open(transaction(1));
        BranchRun branch = branchOf(part);
        branch.prepare(Optional::empty);
        branch.commit();

        parts.ended(part.id(), new Outcome.Committed());

        assertThat(parts.endOf(branch.id(), Outcome.Committed.class)).contains(new Completion.Done());
        assertThat(parts.endOf(branch.id(), Outcome.RolledBack.class)).isEmpty();
        assertThat(parts.endOf(
                        new BranchId(BranchId.FORMAT_ID, part.id().toBytes(), new byte[] {99}),
                        Outcome.Committed.class))
                .as("another service's")
                .isEmpty();
    }

    @Test
    void a_listener_that_throws_keeps_neither_the_others_nor_the_end_back() {
        LocalPart part = parts.open(transaction(1));
        List<Outcome> heard = new ArrayList<>();
        part.onCompletion(outcome -> {
            throw new IllegalStateException("a listener's bug");
        });
        part.onCompletion(heard::add);

        parts.ended(part.id(), new Outcome.Committed());

        assertThat(heard).containsExactly(new Outcome.Committed());
        assertThat(parts.find(part.id())).isEmpty();
    }

    @Test
    void a_part_with_a_call_under_way_objects_until_it_is_over() {
        LocalPart part = parts.open(transaction(1));

        part.enter();
        assertThat(part.objection()).isPresent();

        part.leave();
        assertThat(part.objection()).isEmpty();
    }
}
