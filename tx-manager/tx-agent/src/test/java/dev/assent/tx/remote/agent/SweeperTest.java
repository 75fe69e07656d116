package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.CommandReply;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private static final long DEADLINE = 10_000;
    private static final long LIMIT_SECONDS = 120;
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(7), new EpochKey(Authority.SHARD_2PC, 0, 0), 1, DEADLINE, new GlobalTxId.Unique(0, 1));
    private static final GlobalTxId OTHER =
            new GlobalTxId(ID.cluster(), ID.key(), ID.epoch(), DEADLINE, new GlobalTxId.Unique(0, 2));
    private static final Outcome UNKNOWN = new Outcome.Unknown("nobody knows");

    private final LocalParts parts = new LocalParts(10, Runnable::run);
    private final ToyResource orders = new ToyResource("orders");
    private final List<Outcome> heard = new ArrayList<>();
    private final List<GlobalTxId> asked = new ArrayList<>();
    private Outcome answer = UNKNOWN;
    private long now = 1;
    private long questionMillis;
    private final Sweeper sweeper = new Sweeper(
            parts,
            new NodeDirectory(),
            part -> {
                asked.add(part.id());
                now += questionMillis;
                return answer;
            },
            () -> now,
            Runnable::run);

    private LocalPart openPart() {
        LocalPart part = parts.open(ID);
        part.onCompletion(heard::add);
        return part;
    }

    private BranchRun prepared(LocalPart part) {
        BranchRun run = new BranchRun(new BranchId(BranchId.FORMAT_ID, ID.toBytes(), new byte[] {1}), orders);
        assertThat(part.add(run)).isTrue();
        assertThat(run.prepare(Optional::empty)).isNotNull();
        return run;
    }

    @Test
    void a_transaction_under_way_is_left_alone() {
        openPart();

        sweeper.sweep();

        assertThat(asked).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void a_part_that_ended_unknown_hears_the_real_outcome_as_soon_as_somebody_knows() {
        LocalPart part = openPart();
        BranchRun branch = prepared(part);
        parts.ended(ID, UNKNOWN);

        sweeper.sweep();
        assertThat(heard).isEmpty();

        answer = new Outcome.Committed();
        sweeper.sweep();

        assertThat(heard).containsExactly(new Outcome.Committed());
        assertThat(branch.hasEnded()).isTrue();
        assertThat(orders.calls()).containsExactly("prepare", "commit");
        assertThat(parts.all()).isEmpty();
    }

    /** By its own clock the deadline is over, by its coordinator's it is not: that one tells the branch later. */
    @Test
    void a_branch_that_was_committed_as_the_sweep_learnt_is_done_when_its_coordinator_tells_it() {
        BranchRun branch = prepared(openPart());
        now = DEADLINE;
        answer = new Outcome.Committed();
        sweeper.sweep();
        assertThat(parts.all()).isEmpty();

        CommandReply reply = new BranchCommands(parts)
                .run(Command.newBuilder()
                        .setCommandId(1)
                        .setKind(Command.Kind.COMMIT)
                        .setResourceManager("orders")
                        .setBranch(Wire.branch(branch.id()))
                        .build())
                .toCompletableFuture()
                .join();

        assertThat(Wire.completion(reply.getCompletion())).isEqualTo(new Completion.Done());
        assertThat(orders.calls()).containsExactly("prepare", "commit");
    }

    @Test
    void a_listener_without_a_branch_hears_the_real_outcome_too() {
        openPart();
        now = DEADLINE;
        answer = new Outcome.RolledBack("expired");

        sweeper.sweep();

        assertThat(heard).containsExactly(answer);
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void unknown_is_told_only_when_the_store_is_not_bound_to_remember_any_more() {
        openPart();

        now = DEADLINE + Sweeper.ASKED_PAST_DEADLINE_MILLIS - 1;
        sweeper.sweep();
        assertThat(heard).isEmpty();

        now++;
        sweeper.sweep();
        assertThat(heard).containsExactly(UNKNOWN);
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void a_prepared_branch_is_never_given_up() {
        LocalPart part = openPart();
        BranchRun branch = prepared(part);

        now = DEADLINE + 100 * Sweeper.ASKED_PAST_DEADLINE_MILLIS;
        sweeper.sweep();

        assertThat(branch.isPrepared()).isTrue();
        assertThat(heard).isEmpty();
        assertThat(parts.all()).containsExactly(part);
    }

    @Test
    void a_mixed_outcome_is_told_and_leaves_a_prepared_branch_to_its_coordinator() {
        BranchRun branch = prepared(openPart());
        now = DEADLINE;
        answer = new Outcome.HeuristicMixed("payments decided by itself");

        sweeper.sweep();

        assertThat(heard).containsExactly(answer);
        assertThat(branch.isPrepared()).isTrue();
    }

    @Test
    void locks_are_freed_everywhere_before_anybody_is_asked() {
        work(openPart());
        work(parts.open(OTHER));
        List<List<String>> callsWhenAsked = new ArrayList<>();
        Sweeper asking = new Sweeper(
                parts,
                new NodeDirectory(),
                id -> {
                    callsWhenAsked.add(orders.calls());
                    return UNKNOWN;
                },
                () -> DEADLINE,
                Runnable::run);

        asking.sweep();

        assertThat(callsWhenAsked.get(0)).containsExactly("rollback", "rollback");
    }

    private BranchRun work(LocalPart part) {
        return work(part, orders);
    }

    private static BranchRun work(LocalPart part, Participant participant) {
        BranchRun run =
                new BranchRun(new BranchId(BranchId.FORMAT_ID, part.id().toBytes(), new byte[] {2}), participant);
        assertThat(part.add(run)).isTrue();
        return run;
    }

    @Test
    void locks_are_freed_in_time_while_an_earlier_sweep_still_waits_for_an_answer() throws Exception {
        work(openPart());
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Sweeper cutOff = new Sweeper(
                    parts,
                    new NodeDirectory(),
                    id -> {
                        asking.countDown();
                        awaited(answered);
                        return UNKNOWN;
                    },
                    () -> DEADLINE,
                    threads);
            cutOff.sweep();
            assertThat(asking.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

            BranchRun late = work(parts.open(OTHER));
            cutOff.sweep();

            Eventually.soon("the other's locks are freed", late::hasEnded);
            assertThat(answered.getCount()).isEqualTo(1);
        } finally {
            answered.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void a_resource_that_hangs_holds_up_only_its_own_transaction() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            BranchRun hanging =
                    work(openPart(), rollingBackAfter(CompletableFuture.runAsync(() -> awaited(back), threads)));
            BranchRun other = work(parts.open(OTHER));
            Sweeper sweeping = new Sweeper(parts, new NodeDirectory(), id -> UNKNOWN, () -> DEADLINE, threads);

            sweeping.sweep();
            sweeping.sweep();

            Eventually.soon("the other's locks are freed", other::hasEnded);
            assertThat(hanging.hasEnded()).isFalse();
            back.countDown();
            Eventually.soon("the hanging one's too", hanging::hasEnded);
        } finally {
            back.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void a_vote_that_hangs_past_the_deadline_is_cut_short_so_that_the_branch_can_be_rolled_back() {
        CompletableFuture<Vote> vote = new CompletableFuture<>();
        ToyResource hanging = new ToyResource("hanging") {
            @Override
            public CompletionStage<Vote> prepare(BranchId branch) {
                return vote;
            }

            @Override
            public void cutShort(BranchId branch) {
                vote.complete(new Vote.Rollback("cut short"));
            }
        };
        BranchRun branch = work(openPart(), hanging);
        assertThat(branch.prepare(Optional::empty).toCompletableFuture()).isNotDone();
        now = DEADLINE;

        sweeper.sweep();

        assertThat(hanging.calls()).containsExactly("rollback");
        assertThat(branch.hasEnded()).isTrue();
    }

    /** Long before the deadline; most votes come in a moment, and to cut one short costs its connection. */
    @Test
    void a_vote_under_way_is_not_cut_short_as_soon_as_its_transaction_is_over() {
        orders.neverAnswer();
        BranchRun branch = work(openPart());
        assertThat(branch.prepare(Optional::empty).toCompletableFuture()).isNotDone();
        parts.ended(ID, UNKNOWN);
        now = 1;

        sweeper.sweep();
        assertThat(orders.calls()).containsExactly("prepare");

        now += Sweeper.VOTE_MILLIS;
        sweeper.sweep();
        assertThat(orders.calls()).containsExactly("prepare", "cutShort");
    }

    @Test
    void a_participant_that_throws_holds_up_nobody_behind_it() {
        work(openPart(), throwing());
        LocalPart behind = parts.open(OTHER);
        BranchRun branch = work(behind);
        behind.onCompletion(heard::add);
        now = DEADLINE;
        answer = new Outcome.RolledBack("expired");

        sweeper.sweep();

        assertThat(branch.hasEnded()).isTrue();
        assertThat(asked).containsExactly(ID, OTHER);
        assertThat(heard).containsExactly(answer, answer);
    }

    @Test
    void a_question_that_fails_keeps_nobody_from_being_asked_about() {
        openPart();
        parts.open(OTHER).onCompletion(heard::add);
        Sweeper failing = new Sweeper(
                parts,
                new NodeDirectory(),
                part -> {
                    if (part.id().equals(ID)) {
                        throw new IllegalStateException("a bug of the link");
                    }
                    return new Outcome.Committed();
                },
                () -> DEADLINE,
                Runnable::run);

        failing.sweep();

        assertThat(heard).containsExactly(new Outcome.Committed());
    }

    @Test
    void a_sweep_that_has_asked_long_enough_leaves_the_rest_to_the_next_one() {
        GlobalTxId third = new GlobalTxId(ID.cluster(), ID.key(), ID.epoch(), DEADLINE, new GlobalTxId.Unique(0, 3));
        for (GlobalTxId id : List.of(ID, OTHER, third)) {
            parts.open(id).onCompletion(heard::add);
        }
        now = DEADLINE;
        questionMillis = Sweeper.ASKING_MILLIS_MAX / 2;

        sweeper.sweep();
        assertThat(asked).containsExactly(ID, OTHER);

        sweeper.sweep();
        assertThat(asked).containsExactly(ID, OTHER, third, ID);
    }

    @Test
    void dropped_work_is_told_once_while_the_outcome_is_still_awaited() {
        LocalPart part = openPart();
        BranchRun branch = work(part);
        List<Boolean> endedWhenTold = new ArrayList<>();
        part.onWorkDropped(() -> endedWhenTold.add(branch.hasEnded()));
        now = DEADLINE;

        sweeper.sweep();
        sweeper.sweep();

        assertThat(endedWhenTold).containsExactly(true);
        assertThat(heard).isEmpty();
    }

    private static Participant rollingBackAfter(CompletionStage<Void> first) {
        return new ToyResource("other") {
            @Override
            public CompletionStage<Completion> rollback(BranchId branch) {
                return first.thenCompose(back -> super.rollback(branch));
            }
        };
    }

    private static Participant throwing() {
        return new ToyResource("other") {
            @Override
            public CompletionStage<Completion> rollback(BranchId branch) {
                throw new IllegalStateException("a participant's bug");
            }
        };
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_part_that_nobody_waits_for_is_dropped_unasked() {
        parts.open(ID);
        now = DEADLINE;

        sweeper.sweep();

        assertThat(asked).isEmpty();
        assertThat(parts.all()).isEmpty();
    }

    /** The vote was lost as its connection was cut off: the database may still be at it. */
    @Test
    void a_branch_whose_vote_was_lost_is_rolled_back_when_it_turns_out_prepared() {
        LocalPart part = openPart();
        BranchRun branch = work(part);
        orders.voting(new Vote.Unconfirmed("cut off"));
        assertThat(branch.prepare(Optional::empty)).isNotNull();
        parts.ended(ID, new Outcome.RolledBack("its coordinator died"));
        assertThat(heard).hasSize(1);

        orders.turnsUpPrepared(branch.id());
        sweeper.sweep();

        assertThat(orders.prepared()).isEmpty();
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void a_branch_whose_vote_was_lost_is_not_looked_for_without_end() {
        BranchRun branch = work(openPart());
        orders.voting(new Vote.Unconfirmed("cut off"));
        assertThat(branch.prepare(Optional::empty)).isNotNull();
        parts.ended(ID, new Outcome.RolledBack("its coordinator died"));

        for (int sweep = 0; sweep < BranchRun.ABSENCES_MAX; sweep++) {
            sweeper.sweep();
        }

        assertThat(branch.hasEnded()).isTrue();
        assertThat(parts.all()).isEmpty();
    }

    /** Long before the deadline, and whatever is known of epochs: it is certain. */
    @Test
    void a_branch_that_did_not_obey_a_known_rollback_is_told_again_by_the_next_sweep() {
        BranchRun branch = prepared(openPart());
        orders.loseAnswers(1);
        branch.rollback().toCompletableFuture().join();
        parts.ended(ID, new Outcome.RolledBack("asked"));
        assertThat(branch.hasEnded()).isFalse();

        sweeper.sweep();

        assertThat(branch.hasEnded()).isTrue();
        assertThat(orders.prepared()).isEmpty();
        assertThat(asked).isEmpty();
        assertThat(parts.all()).isEmpty();
    }

    /** Whoever ends a branch by a commit asks first, so that its record shows that it was taken up. */
    @Test
    void a_prepared_branch_of_a_transaction_known_to_be_committed_is_committed_by_the_next_sweep() {
        BranchRun branch = prepared(openPart());
        parts.ended(ID, new Outcome.Committed());
        answer = new Outcome.Committed();

        sweeper.sweep();

        assertThat(asked).containsExactly(ID);
        assertThat(branch.hasEnded()).isTrue();
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(1);
        assertThat(parts.all()).isEmpty();
    }

    @Test
    void a_participant_that_throws_when_it_is_cut_short_ends_no_sweep() {
        BranchRun cut = work(openPart(), new ToyResource("other") {
            @Override
            public CompletionStage<Vote> prepare(BranchId branch) {
                return new CompletableFuture<>();
            }

            @Override
            public void cutShort(BranchId branch) {
                throw new IllegalStateException("a participant's bug");
            }
        });
        assertThat(cut.prepare(Optional::empty)).isNotNull();
        BranchRun behind = work(parts.open(OTHER));
        now = DEADLINE;

        sweeper.sweep();

        assertThat(behind.hasEnded()).isTrue();
    }
}
