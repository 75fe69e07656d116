package dev.assent.tx.protocol.twophase;

import static dev.assent.tx.protocol.twophase.Given.NO;
import static dev.assent.tx.protocol.twophase.Given.READ_ONLY;
import static dev.assent.tx.protocol.twophase.Given.YES;
import static dev.assent.tx.protocol.twophase.Given.decided;
import static dev.assent.tx.protocol.twophase.Given.finished;
import static dev.assent.tx.protocol.twophase.Given.machineOf;
import static dev.assent.tx.protocol.twophase.Given.voted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Votes, the decision, the deadline, and what the caller hears. */
class TwoPhaseCommitTest {
    @Test
    void nothing_enlisted_commits_at_once() {
        assertThat(machineOf(0).step(new TransactionInput.CommitAsked())).isEqualTo(finished(new Outcome.Committed()));
    }

    @Test
    void all_branches_are_asked_in_one_step() {
        assertThat(machineOf(3).step(new TransactionInput.CommitAsked()))
                .containsExactly(
                        new BranchCommand.Prepare(0), new BranchCommand.Prepare(1), new BranchCommand.Prepare(2));
    }

    @Test
    void the_decision_names_the_prepared_branches_only() {
        TwoPhaseCommit machine = voted(YES, READ_ONLY, YES);

        assertThat(machine.step(new BranchInput.Voted(2, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0, 2)));
    }

    @Test
    void all_read_only_needs_no_record() {
        TwoPhaseCommit machine = voted(READ_ONLY, READ_ONLY);

        assertThat(machine.step(new BranchInput.Voted(1, READ_ONLY))).isEqualTo(finished(new Outcome.Committed()));
    }

    @Test
    void a_lone_writer_that_is_prepared_already_gets_a_record() {
        TwoPhaseCommit machine = voted(READ_ONLY, YES);

        assertThat(machine.step(new BranchInput.Voted(1, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(1)));
    }

    @Test
    void a_lone_branch_of_a_shard_gets_a_record_too() {
        TwoPhaseCommit machine = new TwoPhaseCommit(1, new Backoff(10, 1_000), LoneBranch.WITH_RECORD);

        assertThat(machine.step(new TransactionInput.CommitAsked())).containsExactly(new BranchCommand.Prepare(0));
        assertThat(machine.step(new BranchInput.Voted(0, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0)));
    }

    @Test
    void a_refusal_tells_those_who_voted_at_once_and_the_others_after_their_vote() {
        TwoPhaseCommit machine = machineOf(3);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Voted(0, YES));

        assertThat(machine.step(new BranchInput.Voted(1, NO)))
                .containsExactly(
                        new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.Rollback(1, Route.WORKER));
        assertThat(machine.step(new BranchInput.Voted(2, YES)))
                .containsExactly(new BranchCommand.Rollback(2, Route.WORKER));
    }

    @Test
    void nobody_is_told_to_commit_before_the_record_is_durable() {
        TwoPhaseCommit machine = decided(YES, YES);

        assertThat(machine.step(new TransactionInput.Expired("the time-out of 5 s expired")))
                .isEmpty();
        assertThat(machine.step(new TwoPhaseInput.Decided(new CommitResult.Written())))
                .containsExactly(new BranchCommand.Commit(0, Route.WORKER), new BranchCommand.Commit(1, Route.WORKER));
    }

    @Test
    void the_record_is_released_only_after_every_branch_has_ended() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));

        assertThat(machine.step(new BranchInput.Ended(0, new Completion.Done())))
                .isEmpty();
        assertThat(machine.step(new BranchInput.Ended(1, new Completion.NotKnown())))
                .containsExactly(new BranchCommand.CheckAbsence(1));
        assertThat(machine.step(new BranchInput.AbsenceChecked(1, true)))
                .startsWith(new TwoPhaseCommand.ReleaseRecord())
                .containsAll(finished(new Outcome.Committed()));
    }

    @Test
    void an_unknown_decision_leaves_the_branches_prepared_and_says_so() {
        TwoPhaseCommit machine = decided(YES, YES);

        assertThat(machine.step(new TwoPhaseInput.Decided(new CommitResult.Unknown("lost"))))
                .isEqualTo(finished(new Outcome.Unknown("lost")));
    }

    @Test
    void somebody_elses_abort_is_obeyed_and_its_record_released_at_the_end() {
        TwoPhaseCommit machine = decided(YES, YES);

        assertThat(machine.step(new TwoPhaseInput.Decided(new CommitResult.Aborted())))
                .containsExactly(
                        new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.Rollback(1, Route.WORKER));
        machine.step(new BranchInput.Ended(0, new Completion.Done()));
        assertThat(machine.step(new BranchInput.Ended(1, new Completion.Done())))
                .contains(new TwoPhaseCommand.ReleaseRecord());
    }

    @Test
    void the_impatient_hear_unknown_while_deciding_and_committed_while_committing() {
        TwoPhaseCommit deciding = decided(YES, YES);
        TwoPhaseCommit committing = decided(YES, YES);
        committing.step(new TwoPhaseInput.Decided(new CommitResult.Written()));

        assertThat(deciding.step(new TransactionInput.WaitedEnough()))
                .singleElement()
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.Unknown.class));
        assertThat(committing.step(new TransactionInput.WaitedEnough()))
                .containsExactly(new TransactionCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_transaction_ends_once() {
        TwoPhaseCommit machine = machineOf(2);
        machine.step(new TransactionInput.CommitAsked());

        assertThatThrownBy(() -> machine.step(new TransactionInput.CommitAsked()))
                .isInstanceOf(Invariants.Violation.class);
    }

    @Test
    void a_branch_that_has_not_voted_at_the_deadline_is_cut_short_once_and_not_waited_for() {
        TwoPhaseCommit machine = machineOf(2);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Voted(0, YES));

        assertThat(machine.step(new TransactionInput.Expired("the time-out of 5 s expired")))
                .containsExactly(new BranchCommand.Rollback(0, Route.WORKER), new BranchCommand.CutShort(1));
        assertThat(machine.step(new TransactionInput.Expired("the time-out of 5 s expired")))
                .isEmpty();
        assertThat(machine.step(new BranchInput.Ended(0, new Completion.Done())))
                .first()
                .isEqualTo(new TransactionCommand.Answer(
                        new Outcome.RolledBack("the time-out of 5 s expired; no vote had come from branch 2 of 2")));
    }

    @Test
    void a_vote_that_comes_after_the_deadline_is_answered_with_rollback_whatever_it_is() {
        TwoPhaseCommit machine = machineOf(2);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Voted(0, YES));
        machine.step(new TransactionInput.Expired("the time-out of 5 s expired"));
        machine.step(new BranchInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(new BranchInput.Voted(1, YES)))
                .containsExactly(new BranchCommand.Rollback(1, Route.WORKER));
        assertThat(machine.step(new BranchInput.Ended(1, new Completion.Done())))
                .containsExactly(new TransactionCommand.Finish());
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_branch_that_hangs_after_another_refused_is_cut_short_at_the_deadline() {
        TwoPhaseCommit machine = machineOf(2);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Voted(0, NO));
        machine.step(new BranchInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(new TransactionInput.Expired("the time-out of 5 s expired")))
                .startsWith(new BranchCommand.CutShort(1))
                .anySatisfy(command -> assertThat(command).isInstanceOf(TransactionCommand.Answer.class));
    }
}
