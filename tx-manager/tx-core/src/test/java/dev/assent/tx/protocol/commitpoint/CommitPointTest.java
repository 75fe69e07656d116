package dev.assent.tx.protocol.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** One transaction, input by input; branch 0 is the commit point. */
class CommitPointTest {
    private static final int POINT = 0;

    private final CommitPoint three = new CommitPoint(3, OptionalInt.of(POINT), new Backoff(10, 100));

    private List<Message<? super CommitPointCommand.Handler>> step(Message<? super CommitPointInput.Handler> input) {
        return three.step(input);
    }

    private void toVoting() {
        step(new TransactionInput.CommitAsked());
        step(new CommitPointInput.PointReady(new PointReadiness.Assigned()));
    }

    private void toDeciding() {
        toVoting();
        step(new BranchInput.Voted(1, new Vote.Prepared()));
        step(new BranchInput.Voted(2, new Vote.Prepared()));
    }

    private List<Message<? super CommitPointCommand.Handler>> answered(PointAnswer answer) {
        return step(new CommitPointInput.PointAnswered(answer));
    }

    @Test
    void nothing_is_prepared_before_the_commit_points_transaction_has_its_id() {
        assertThat(step(new TransactionInput.CommitAsked()))
                .isEqualTo(List.of(new CommitPointCommand.ReadyPoint(POINT, true)));
        assertThat(step(new CommitPointInput.PointReady(new PointReadiness.Assigned())))
                .isEqualTo(List.of(new BranchCommand.Prepare(1), new BranchCommand.Prepare(2)));
    }

    @Test
    void the_commit_point_commits_when_all_others_are_prepared_and_then_they_are_told() {
        toVoting();

        assertThat(step(new BranchInput.Voted(1, new Vote.Prepared()))).isEmpty();
        assertThat(step(new BranchInput.Voted(2, new Vote.Prepared())))
                .isEqualTo(List.of(new CommitPointCommand.CommitThrough(POINT, List.of(1, 2))));
        assertThat(answered(new PointAnswer.Committed()))
                .isEqualTo(
                        List.of(new BranchCommand.Commit(1, Route.WORKER), new BranchCommand.Commit(2, Route.WORKER)));
        step(new BranchInput.Ended(1, new Completion.Done()));
        assertThat(step(new BranchInput.Ended(2, new Completion.Done())))
                .isEqualTo(List.of(
                        new CommitPointCommand.ReleaseRow(),
                        new TransactionCommand.Answer(new Outcome.Committed()),
                        new TransactionCommand.Learned(new Outcome.Committed()),
                        new TransactionCommand.Finish()));
    }

    @Test
    void when_all_others_have_only_read_the_commit_point_commits_in_one_phase_without_a_row() {
        toVoting();
        step(new BranchInput.Voted(1, new Vote.ReadOnly()));

        assertThat(step(new BranchInput.Voted(2, new Vote.ReadOnly())))
                .isEqualTo(List.of(new BranchCommand.CommitOnePhase(POINT)));
        assertThat(step(new BranchInput.Ended(POINT, new Completion.Done())))
                .contains(new TransactionCommand.Answer(new Outcome.Committed()), new TransactionCommand.Finish())
                .doesNotContain(new CommitPointCommand.ReleaseRow());
    }

    @Test
    void a_commit_point_that_has_only_read_leaves_and_the_other_commits_in_one_phase() {
        CommitPoint two = new CommitPoint(2, OptionalInt.of(POINT), new Backoff(10, 100));

        assertThat(two.step(new TransactionInput.CommitAsked()))
                .isEqualTo(List.of(new CommitPointCommand.ReadyPoint(POINT, false)));
        assertThat(two.step(new CommitPointInput.PointReady(new PointReadiness.Unassigned())))
                .isEqualTo(List.of(new BranchCommand.Prepare(POINT)));
        assertThat(two.step(new BranchInput.Voted(POINT, new Vote.ReadOnly())))
                .isEqualTo(List.of(new BranchCommand.CommitOnePhase(1)));
        assertThat(two.step(new BranchInput.Ended(1, new Completion.Done())))
                .contains(new TransactionCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_lost_answer_is_found_out_by_inserting_abort_and_a_commit_that_is_there_is_obeyed() {
        toDeciding();

        assertThat(answered(new PointAnswer.Lost("cut"))).isEqualTo(List.of(new CommitPointCommand.InsertAbort()));
        assertThat(step(new CommitPointInput.NotTold("away")))
                .isEqualTo(List.of(new BranchCommand.RetryLater(POINT, 10)));
        assertThat(step(new BranchInput.RetryDue(POINT))).isEqualTo(List.of(new CommitPointCommand.InsertAbort()));
        assertThat(step(new CommitPointInput.RowFound(Decision.COMMIT)))
                .contains(new BranchCommand.Commit(1, Route.WORKER));
    }

    @Test
    void after_a_lost_answer_abort_is_a_rollback_in_a_live_epoch_only() {
        toDeciding();
        answered(new PointAnswer.Lost("cut"));

        assertThat(step(new CommitPointInput.RowFound(Decision.ABORT)))
                .isEqualTo(List.of(new CommitPointCommand.LookAtEpoch()));
        assertThat(step(new CommitPointInput.EpochLooked(false))).contains(new BranchCommand.Rollback(1, Route.WORKER));
    }

    @Test
    void after_a_lost_answer_abort_in_a_fenced_epoch_is_unknown_and_nobody_is_told_to_roll_back() {
        toDeciding();
        answered(new PointAnswer.Lost("cut"));
        step(new CommitPointInput.RowFound(Decision.ABORT));

        List<Message<? super CommitPointCommand.Handler>> left = step(new CommitPointInput.EpochLooked(true));

        assertThat(left).hasSize(3);
        assertThat(left.get(0))
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.Unknown.class));
    }

    @Test
    void a_row_that_was_there_rolls_back_and_so_does_a_refusal() {
        toDeciding();
        assertThat(answered(new PointAnswer.Aborted())).contains(new BranchCommand.Rollback(1, Route.WORKER));

        CommitPoint other = new CommitPoint(2, OptionalInt.of(POINT), new Backoff(10, 100));
        other.step(new TransactionInput.CommitAsked());
        other.step(new CommitPointInput.PointReady(new PointReadiness.Assigned()));
        other.step(new BranchInput.Voted(1, new Vote.Prepared()));
        assertThat(other.step(new CommitPointInput.PointAnswered(new PointAnswer.Refused("constraint"))))
                .contains(new BranchCommand.Rollback(1, Route.WORKER));
    }

    @Test
    void a_transaction_that_expires_while_the_commit_point_is_asked_tells_it_only_after_its_answer() {
        step(new TransactionInput.CommitAsked());

        assertThat(step(new TransactionInput.Expired("too late")))
                .contains(new BranchCommand.Rollback(1, Route.WORKER), new BranchCommand.CutShort(POINT))
                .doesNotContain(new BranchCommand.Rollback(POINT, Route.WORKER));
        assertThat(step(new CommitPointInput.PointReady(new PointReadiness.Assigned())))
                .isEqualTo(List.of(new BranchCommand.Rollback(POINT, Route.WORKER)));
    }

    @Test
    void without_a_branch_of_the_named_resource_several_branches_roll_back() {
        CommitPoint nobody = new CommitPoint(2, OptionalInt.empty(), new Backoff(10, 100));

        assertThat(nobody.step(new TransactionInput.CommitAsked()))
                .isEqualTo(List.of(
                        new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.Rollback(1, Route.WORKER)));
    }
}
