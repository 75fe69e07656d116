package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BranchRunTest {
    private final ToyResource orders = new ToyResource("orders");
    private final BranchRun branch =
            new BranchRun(new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2}), orders);

    private static <T> T now(CompletionStage<T> answer) {
        return answer.toCompletableFuture().join();
    }

    @Test
    void a_repeated_prepare_hears_the_first_vote_and_prepares_once() {
        Vote first = now(branch.prepare(Optional::empty));
        Vote again = now(branch.prepare(() -> Optional.of("too late to object")));

        assertThat(first).isEqualTo(new Vote.Prepared());
        assertThat(again).isEqualTo(first);
        assertThat(orders.calls()).containsExactly("prepare");
    }

    @Test
    void an_objection_is_a_vote_against_and_the_resource_is_not_asked() {
        assertThat(now(branch.prepare(() -> Optional.of("still working"))))
                .isEqualTo(new Vote.Rollback("still working"));

        assertThat(orders.calls()).isEmpty();
    }

    @Test
    void a_repeated_commit_has_its_effect_once() {
        now(branch.prepare(Optional::empty));

        assertThat(now(branch.commit())).isEqualTo(new Completion.Done());
        assertThat(now(branch.commit())).isEqualTo(new Completion.Done());

        assertThat(orders.calls()).containsExactly("prepare", "commit");
    }

    @Test
    void a_commit_that_could_not_be_carried_out_is_tried_again() {
        now(branch.prepare(Optional::empty));
        orders.loseAnswers(1);

        assertThat(now(branch.commit())).isInstanceOf(Completion.Retry.class);
        assertThat(now(branch.commit())).isEqualTo(new Completion.Done());
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }

    @Test
    void a_rollback_after_commit_changes_nothing() {
        now(branch.prepare(Optional::empty));
        now(branch.commit());

        now(branch.rollback());

        assertThat(orders.calls()).doesNotContain("rollback");
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }

    @Test
    void a_dropped_branch_votes_no_to_a_late_prepare() {
        now(branch.dropUnlessPrepared());

        assertThat(now(branch.prepare(Optional::empty))).isInstanceOf(Vote.Rollback.class);
        assertThat(orders.calls()).containsExactly("rollback");
    }

    @Test
    void a_prepared_branch_is_not_dropped() {
        now(branch.prepare(Optional::empty));

        now(branch.dropUnlessPrepared());

        assertThat(branch.isPrepared()).isTrue();
        assertThat(orders.count(ToyResource.State.PREPARED)).isEqualTo(1);
    }

    @Test
    void a_branch_that_voted_no_is_dropped_and_frees_its_locks() {
        now(branch.prepare(() -> Optional.of("still working")));

        now(branch.dropUnlessPrepared());

        assertThat(branch.hasEnded()).isTrue();
        assertThat(orders.calls()).containsExactly("rollback");
    }

    @Test
    void questions_about_a_branch_do_not_wait_for_its_resource() throws Exception {
        CountDownLatch preparing = new CountDownLatch(1);
        CountDownLatch back = new CountDownLatch(1);
        orders.whenPrepared(() -> {
            preparing.countDown();
            Eventually.soon("the resource is back", () -> back.getCount() == 0);
        });
        CompletableFuture<Vote> vote = branch.prepare(Optional::empty).toCompletableFuture();
        assertThat(preparing.await(120, TimeUnit.SECONDS)).isTrue();

        assertThat(CompletableFuture.supplyAsync(() -> branch.hasEnded() || branch.isPrepared()))
                .succeedsWithin(Duration.ofMinutes(2))
                .isEqualTo(false);

        back.countDown();
        assertThat(vote.get(120, TimeUnit.SECONDS)).isEqualTo(new Vote.Prepared());
    }

    @Test
    void a_participant_that_throws_is_told_again() {
        AtomicBoolean first = new AtomicBoolean(true);
        ToyResource throwing = new ToyResource("throwing") {
            @Override
            public CompletionStage<Completion> rollback(BranchId id) {
                if (first.getAndSet(false)) {
                    throw new IllegalStateException("a participant's bug");
                }
                return super.rollback(id);
            }
        };
        BranchRun thrown = new BranchRun(branch.id(), throwing);

        now(thrown.dropUnlessPrepared());
        assertThat(thrown.hasEnded()).isFalse();

        now(thrown.dropUnlessPrepared());
        assertThat(thrown.hasEnded()).isTrue();
    }

    @Test
    void a_read_only_branch_has_ended_with_its_vote() {
        orders.voting(new Vote.ReadOnly());

        assertThat(now(branch.prepare(Optional::empty))).isEqualTo(new Vote.ReadOnly());

        assertThat(branch.hasEnded()).isTrue();
        assertThat(now(branch.commit())).isEqualTo(new Completion.Done());
        assertThat(orders.calls()).containsExactly("prepare");
    }

    @Test
    void a_branch_is_known_not_to_be_read_only_when_it_can_never_vote_so() {
        assertThat(branch.isNotReadOnly(false)).as("it may yet be asked").isFalse();
        assertThat(branch.isNotReadOnly(true)).as("it would object").isTrue();

        now(branch.prepare(Optional::empty));
        assertThat(branch.isNotReadOnly(false)).as("it has voted yes").isTrue();

        BranchRun reader = new BranchRun(branch.id(), new ToyResource("reader").voting(new Vote.ReadOnly()));
        now(reader.prepare(Optional::empty));
        assertThat(reader.isNotReadOnly(true)).as("it has voted so").isFalse();

        BranchRun dropped = new BranchRun(branch.id(), new ToyResource("dropped"));
        now(dropped.dropUnlessPrepared());
        assertThat(dropped.isNotReadOnly(false)).as("it has no vote any more").isTrue();

        ToyResource silent = new ToyResource("silent");
        silent.neverAnswer();
        BranchRun voting = new BranchRun(branch.id(), silent);
        assertThat(voting.prepare(Optional::empty).toCompletableFuture()).isNotDone();
        assertThat(voting.isNotReadOnly(true)).as("its vote is under way").isFalse();
    }
}
