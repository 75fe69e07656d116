package dev.assent.tx.protocol.twophase;

import static dev.assent.tx.protocol.twophase.Given.YES;
import static dev.assent.tx.protocol.twophase.Given.ended;
import static dev.assent.tx.protocol.twophase.Given.machineOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import dev.assent.tx.protocol.TransactionInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A transaction with one branch: one-phase commit, and what becomes of it. */
class LoneBranchTest {
    @Test
    void a_lone_branch_that_could_not_be_told_to_commit_is_rolled_back_and_told_so() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(ended(0, new Completion.Unsent("bulkhead full")));
        machine.step(new BranchInput.RetryDue(0));
        machine.step(ended(0, new Completion.Unsent("bulkhead full")));
        machine.step(new BranchInput.RetryDue(0));

        assertThat(machine.step(ended(0, new Completion.Unsent("bulkhead full"))))
                .singleElement()
                .isInstanceOf(BranchCommand.Rollback.class);
        assertThat(machine.step(ended(0, new Completion.Done())))
                .startsWith(new TransactionCommand.Answer(
                        new Outcome.RolledBack("the only branch could not be told to commit: bulkhead full")));
    }

    @Test
    void a_lone_branch_that_has_to_be_prepared_is_decided_like_any_other() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());

        assertThat(machine.step(ended(0, new Completion.NeedsPrepare()))).containsExactly(new BranchCommand.Prepare(0));
        assertThat(machine.step(new BranchInput.Voted(0, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0)));
    }

    @Test
    void a_lone_branch_whose_prepare_was_lost_is_told_to_roll_back_until_it_is_gone() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(ended(0, new Completion.NeedsPrepare()));

        assertThat(machine.step(new BranchInput.Voted(0, new Vote.Unconfirmed("reset"))))
                .containsExactly(new BranchCommand.Rollback(0, Route.WORKER));
        machine.step(ended(0, new Completion.NotKnown()));
        assertThat(machine.step(new BranchInput.RetryDue(0))).containsExactly(new BranchCommand.Rollback(0, Route.ANY));
        machine.step(ended(0, new Completion.Done()));
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_lone_branch_that_rolled_back_by_itself_is_no_mixture() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Ended(0, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator")));

        assertThat(machine.step(new BranchInput.HeuristicKept(0))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isEqualTo(new Outcome.HeuristicRolledBack(
                                "branch 0 (operator) decided by itself: ROLLED_BACK"))));
    }

    @Test
    void a_one_phase_commit_without_answer_is_unknown_and_the_branch_is_not_left_at_work() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Ended(0, new Completion.Retry("reset")));
        machine.step(new BranchInput.RetryDue(0));

        assertThat(machine.step(new BranchInput.Ended(0, new Completion.NotKnown())))
                .hasSize(2)
                .first()
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.Unknown.class));
    }

    @Test
    void a_one_phase_commit_without_answer_that_turns_out_committed_is_learnt_by_those_who_listen() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        machine.step(new BranchInput.Ended(0, new Completion.Retry("reset")));
        machine.step(new BranchInput.RetryDue(0));
        machine.step(new BranchInput.Ended(0, new Completion.NotKnown()));

        assertThat(machine.step(ended(0, new Completion.Heuristic(HeuristicOutcome.COMMITTED, "says the database"))))
                .contains(new TransactionCommand.Learned(new Outcome.Committed()));
    }

    /** Recovery reaches the resource over connections of its own, which know nothing of unprepared work. */
    @Test
    void the_worker_of_an_unprepared_branch_is_told_to_roll_back_first_and_again_and_again() {
        TwoPhaseCommit machine = machineOf(1);
        machine.step(new TransactionInput.CommitAsked());
        for (int told = 0; told < 2; told++) {
            machine.step(ended(0, new Completion.Unsent("no link")));
            machine.step(new BranchInput.RetryDue(0));
        }

        assertThat(machine.step(ended(0, new Completion.Unsent("no link"))))
                .containsExactly(new BranchCommand.Rollback(0, Route.WORKER));
        for (Route next : List.of(Route.ANY, Route.WORKER, Route.ANY, Route.WORKER)) {
            machine.step(ended(0, new Completion.Unsent("withheld")));
            assertThat(machine.step(new BranchInput.RetryDue(0))).containsExactly(new BranchCommand.Rollback(0, next));
        }
    }
}
