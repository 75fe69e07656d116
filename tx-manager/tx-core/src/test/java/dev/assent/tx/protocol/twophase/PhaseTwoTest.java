package dev.assent.tx.protocol.twophase;

import static dev.assent.tx.protocol.twophase.Given.YES;
import static dev.assent.tx.protocol.twophase.Given.committing;
import static dev.assent.tx.protocol.twophase.Given.decided;
import static dev.assent.tx.protocol.twophase.Given.ended;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.Route;
import dev.assent.tx.protocol.TransactionCommand;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Telling what was decided: branches without an answer, branches that are gone, and such as decided by themselves. */
class PhaseTwoTest {
    @Test
    void a_branch_that_is_not_known_at_the_first_commit_is_looked_into() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new BranchCommand.CheckAbsence(1));

        assertThat(machine.step(new BranchInput.AbsenceChecked(1, true)))
                .contains(new TransactionCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_branch_that_nobody_but_a_hand_can_have_ended_is_kept_as_a_hazard() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.NotKnown()));

        assertThat(machine.step(new BranchInput.AbsenceChecked(1, false)))
                .singleElement()
                .isInstanceOfSatisfying(BranchCommand.KeepHeuristic.class, kept -> assertThat(kept.outcome())
                        .isEqualTo(HeuristicOutcome.HAZARD));
        assertThat(machine.step(new BranchInput.HeuristicKept(1)))
                .filteredOn(TransactionCommand.Answer.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class));
    }

    @Test
    void a_branch_that_is_not_known_after_an_answer_was_lost_has_committed() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Retry("connection reset")));
        machine.step(new BranchInput.RetryDue(1));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new BranchCommand.Commit(1, Route.WORKER));
        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .contains(new TransactionCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_telling_that_never_left_does_not_explain_that_a_branch_is_gone() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        for (int told = 0; told < 20; told++) {
            assertThat(machine.step(ended(1, new Completion.Unsent("connection refused"))))
                    .singleElement()
                    .isInstanceOf(BranchCommand.RetryLater.class);
            machine.step(new BranchInput.RetryDue(1));
        }

        machine.step(ended(1, new Completion.NotKnown()));
        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new BranchCommand.CheckAbsence(1));
        machine.step(new BranchInput.AbsenceChecked(1, false));
        assertThat(machine.step(new BranchInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class)));
    }

    @Test
    void who_did_the_work_may_know_how_a_branch_ended_that_is_gone() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Retry("connection reset")));
        machine.step(new BranchInput.RetryDue(1));
        machine.step(ended(1, new Completion.NotKnown()));

        machine.step(ended(1, new Completion.RolledBack("PostgreSQL aborted it")));
        assertThat(machine.step(new BranchInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicMixed.class)));
    }

    @Test
    void who_did_the_work_and_cannot_be_asked_keeps_nobody_waiting_for_ever() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Unsent("no link")));
        int told = 0;
        List<Message<? super TwoPhaseCommand.Handler>> commands = machine.step(new BranchInput.RetryDue(1));
        while (told < 100 && !commands.contains(new BranchCommand.CheckAbsence(1))) {
            boolean worker = commands.contains(new BranchCommand.Commit(1, Route.WORKER));
            commands = machine.step(ended(1, worker ? new Completion.Retry("hangs") : new Completion.NotKnown()));
            if (commands.stream().anyMatch(BranchCommand.RetryLater.class::isInstance)) {
                commands = machine.step(new BranchInput.RetryDue(1));
            }
            told++;
        }

        assertThat(told).isLessThan(20);
    }

    @Test
    void a_prepared_branch_that_is_gone_at_the_first_rollback_is_looked_into_as_well() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Refused("full")));
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new BranchCommand.CheckAbsence(1));
        machine.step(new BranchInput.AbsenceChecked(1, false));
        assertThat(machine.step(new BranchInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class)));
    }

    @Test
    void whoever_decided_to_roll_back_may_have_rolled_back_branches_too() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Aborted()));
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .anyMatch(TransactionCommand.Answer.class::isInstance);
    }

    @Test
    void a_branch_whose_vote_was_lost_is_told_to_roll_back_until_it_cannot_turn_up_any_more() {
        TwoPhaseCommit machine = decided(YES, new Vote.Unconfirmed("the link was lost"));
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .contains(new TransactionCommand.Answer(new Outcome.RolledBack("the link was lost")))
                .anyMatch(BranchCommand.RetryLater.class::isInstance);
        assertThat(machine.isFinished()).isFalse();
        assertThat(machine.step(new BranchInput.RetryDue(1))).containsExactly(new BranchCommand.Rollback(1, Route.ANY));
        machine.step(ended(1, new Completion.Done()));
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_branch_whose_vote_was_lost_and_that_never_turns_up_is_given_up() {
        TwoPhaseCommit machine = decided(YES, new Vote.Unconfirmed("the link was lost"));
        machine.step(ended(0, new Completion.Done()));
        int told = 1;
        machine.step(ended(1, new Completion.NotKnown()));
        while (!machine.isFinished() && told < 100) {
            machine.step(new BranchInput.RetryDue(1));
            while (machine.step(ended(1, new Completion.NotKnown())).stream()
                    .anyMatch(BranchCommand.Rollback.class::isInstance)) {}
            told++;
        }

        assertThat(told).isBetween(5, 20);
    }

    @Test
    void a_heuristic_rollback_is_kept_before_the_record_is_released() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        machine.step(new BranchInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(
                        new BranchInput.Ended(1, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator"))))
                .containsExactly(new BranchCommand.KeepHeuristic(1, HeuristicOutcome.ROLLED_BACK, "operator"));
        assertThat(machine.step(new BranchInput.HeuristicKept(1)))
                .startsWith(new TwoPhaseCommand.ReleaseRecord())
                .anySatisfy(command -> assertThat(command)
                        .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                                .isInstanceOf(Outcome.HeuristicMixed.class)));
    }

    @Test
    void branches_that_all_rolled_back_by_themselves_are_no_mixture_whoever_only_read() {
        TwoPhaseCommit machine = decided(YES, new Vote.ReadOnly(), YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        for (int branch : List.of(0, 2)) {
            machine.step(new BranchInput.Ended(branch, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "idle")));
        }
        machine.step(new BranchInput.HeuristicKept(0));

        assertThat(machine.step(new BranchInput.HeuristicKept(2))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TransactionCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicRolledBack.class)));
    }

    @Test
    void a_branch_without_an_answer_is_told_again_with_growing_pauses() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        long[] pauses = {10, 20, 40, 80, 160, 320, 640, 1_000, 1_000};
        for (int attempt = 0; attempt < pauses.length; attempt++) {
            assertThat(machine.step(new BranchInput.Ended(0, new Completion.Retry("down"))))
                    .containsExactly(new BranchCommand.RetryLater(0, pauses[attempt]));
            assertThat(machine.step(new BranchInput.RetryDue(0)))
                    .containsExactly(new BranchCommand.Commit(0, Route.ANY));
        }
    }
}
