package dev.assent.tx.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoPhaseCommitTest {
    private static final Vote YES = new Vote.Prepared();
    private static final Vote READ_ONLY = new Vote.ReadOnly();
    private static final Vote NO = new Vote.Rollback("no stock");

    private static TwoPhaseCommit of(int branches) {
        return new TwoPhaseCommit(branches, new Backoff(10, 1_000), LoneBranch.ONE_PHASE);
    }

    private static TwoPhaseCommit voted(Vote... votes) {
        TwoPhaseCommit machine = of(votes.length);
        machine.step(new TwoPhaseInput.CommitAsked());
        for (int branch = 0; branch < votes.length - 1; branch++) {
            machine.step(new TwoPhaseInput.Voted(branch, votes[branch]));
        }
        return machine;
    }

    private static TwoPhaseCommit decided(Vote... votes) {
        TwoPhaseCommit machine = voted(votes);
        machine.step(new TwoPhaseInput.Voted(votes.length - 1, votes[votes.length - 1]));
        return machine;
    }

    private static List<TwoPhaseCommand> finished(Outcome outcome) {
        return List.of(
                new TwoPhaseCommand.Answer(outcome),
                new TwoPhaseCommand.Learned(outcome),
                new TwoPhaseCommand.Finish());
    }

    private static TwoPhaseInput ended(int branch, Completion completion) {
        return new TwoPhaseInput.Ended(branch, completion);
    }

    private static TwoPhaseCommit committing() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        return machine;
    }

    @Test
    void a_branch_that_is_not_known_at_the_first_commit_is_looked_into() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new TwoPhaseCommand.CheckAbsence(1));

        assertThat(machine.step(new TwoPhaseInput.AbsenceChecked(1, true)))
                .contains(new TwoPhaseCommand.Answer(new Outcome.Committed()));
    }

    /** Recovery reaches the resource over connections of its own, which know nothing of unprepared work. */
    @Test
    void the_worker_of_an_unprepared_branch_is_told_to_roll_back_first_and_again_and_again() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        for (int told = 0; told < 2; told++) {
            machine.step(ended(0, new Completion.Unsent("no link")));
            machine.step(new TwoPhaseInput.RetryDue(0));
        }

        assertThat(machine.step(ended(0, new Completion.Unsent("no link"))))
                .containsExactly(new TwoPhaseCommand.Rollback(0, Route.WORKER));
        for (Route next : List.of(Route.ANY, Route.WORKER, Route.ANY, Route.WORKER)) {
            machine.step(ended(0, new Completion.Unsent("withheld")));
            assertThat(machine.step(new TwoPhaseInput.RetryDue(0)))
                    .containsExactly(new TwoPhaseCommand.Rollback(0, next));
        }
    }

    @Test
    void a_branch_that_nobody_but_a_hand_can_have_ended_is_kept_as_a_hazard() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.NotKnown()));

        assertThat(machine.step(new TwoPhaseInput.AbsenceChecked(1, false)))
                .singleElement()
                .isInstanceOfSatisfying(TwoPhaseCommand.KeepHeuristic.class, kept -> assertThat(kept.outcome())
                        .isEqualTo(HeuristicOutcome.HAZARD));
        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(1)))
                .filteredOn(TwoPhaseCommand.Answer.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class));
    }

    @Test
    void a_branch_that_is_not_known_after_an_answer_was_lost_has_committed() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Retry("connection reset")));
        machine.step(new TwoPhaseInput.RetryDue(1));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new TwoPhaseCommand.Commit(1, Route.WORKER));
        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .contains(new TwoPhaseCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_telling_that_never_left_does_not_explain_that_a_branch_is_gone() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        for (int told = 0; told < 20; told++) {
            assertThat(machine.step(ended(1, new Completion.Unsent("connection refused"))))
                    .singleElement()
                    .isInstanceOf(TwoPhaseCommand.RetryLater.class);
            machine.step(new TwoPhaseInput.RetryDue(1));
        }

        machine.step(ended(1, new Completion.NotKnown()));
        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .containsExactly(new TwoPhaseCommand.CheckAbsence(1));
        machine.step(new TwoPhaseInput.AbsenceChecked(1, false));
        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class)));
    }

    @Test
    void who_did_the_work_may_know_how_a_branch_ended_that_is_gone() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Retry("connection reset")));
        machine.step(new TwoPhaseInput.RetryDue(1));
        machine.step(ended(1, new Completion.NotKnown()));

        machine.step(ended(1, new Completion.RolledBack("PostgreSQL aborted it")));
        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicMixed.class)));
    }

    @Test
    void who_did_the_work_and_cannot_be_asked_keeps_nobody_waiting_for_ever() {
        TwoPhaseCommit machine = committing();
        machine.step(ended(0, new Completion.Done()));
        machine.step(ended(1, new Completion.Unsent("no link")));
        int told = 0;
        List<TwoPhaseCommand> commands = machine.step(new TwoPhaseInput.RetryDue(1));
        while (told < 100 && !commands.contains(new TwoPhaseCommand.CheckAbsence(1))) {
            boolean worker = commands.contains(new TwoPhaseCommand.Commit(1, Route.WORKER));
            commands = machine.step(ended(1, worker ? new Completion.Retry("hangs") : new Completion.NotKnown()));
            if (commands.stream().anyMatch(TwoPhaseCommand.RetryLater.class::isInstance)) {
                commands = machine.step(new TwoPhaseInput.RetryDue(1));
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
                .containsExactly(new TwoPhaseCommand.CheckAbsence(1));
        machine.step(new TwoPhaseInput.AbsenceChecked(1, false));
        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(1))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicHazard.class)));
    }

    @Test
    void whoever_decided_to_roll_back_may_have_rolled_back_branches_too() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Aborted()));
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .anyMatch(TwoPhaseCommand.Answer.class::isInstance);
    }

    @Test
    void a_lone_branch_that_could_not_be_told_to_commit_is_rolled_back_and_told_so() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(ended(0, new Completion.Unsent("lane full")));
        machine.step(new TwoPhaseInput.RetryDue(0));
        machine.step(ended(0, new Completion.Unsent("lane full")));
        machine.step(new TwoPhaseInput.RetryDue(0));

        assertThat(machine.step(ended(0, new Completion.Unsent("lane full"))))
                .singleElement()
                .isInstanceOf(TwoPhaseCommand.Rollback.class);
        assertThat(machine.step(ended(0, new Completion.Done())))
                .startsWith(new TwoPhaseCommand.Answer(
                        new Outcome.RolledBack("the only branch could not be told to commit: lane full")));
    }

    @Test
    void a_lone_branch_that_has_to_be_prepared_is_decided_like_any_other() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());

        assertThat(machine.step(ended(0, new Completion.NeedsPrepare())))
                .containsExactly(new TwoPhaseCommand.Prepare(0));
        assertThat(machine.step(new TwoPhaseInput.Voted(0, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0)));
    }

    @Test
    void a_lone_branch_whose_prepare_was_lost_is_told_to_roll_back_until_it_is_gone() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(ended(0, new Completion.NeedsPrepare()));

        assertThat(machine.step(new TwoPhaseInput.Voted(0, new Vote.Unconfirmed("reset"))))
                .containsExactly(new TwoPhaseCommand.Rollback(0, Route.WORKER));
        machine.step(ended(0, new Completion.NotKnown()));
        assertThat(machine.step(new TwoPhaseInput.RetryDue(0)))
                .containsExactly(new TwoPhaseCommand.Rollback(0, Route.ANY));
        machine.step(ended(0, new Completion.Done()));
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_branch_whose_vote_was_lost_is_told_to_roll_back_until_it_cannot_turn_up_any_more() {
        TwoPhaseCommit machine = decided(YES, new Vote.Unconfirmed("the link was lost"));
        machine.step(ended(0, new Completion.Done()));

        assertThat(machine.step(ended(1, new Completion.NotKnown())))
                .contains(new TwoPhaseCommand.Answer(new Outcome.RolledBack("the link was lost")))
                .anyMatch(TwoPhaseCommand.RetryLater.class::isInstance);
        assertThat(machine.isFinished()).isFalse();
        assertThat(machine.step(new TwoPhaseInput.RetryDue(1)))
                .containsExactly(new TwoPhaseCommand.Rollback(1, Route.ANY));
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
            machine.step(new TwoPhaseInput.RetryDue(1));
            while (machine.step(ended(1, new Completion.NotKnown())).stream()
                    .anyMatch(TwoPhaseCommand.Rollback.class::isInstance)) {}
            told++;
        }

        assertThat(told).isBetween(5, 20);
    }

    @Test
    void nothing_enlisted_commits_at_once() {
        assertThat(of(0).step(new TwoPhaseInput.CommitAsked())).isEqualTo(finished(new Outcome.Committed()));
    }

    @Test
    void all_branches_are_asked_in_one_step() {
        assertThat(of(3).step(new TwoPhaseInput.CommitAsked()))
                .containsExactly(
                        new TwoPhaseCommand.Prepare(0), new TwoPhaseCommand.Prepare(1), new TwoPhaseCommand.Prepare(2));
    }

    @Test
    void the_decision_names_the_prepared_branches_only() {
        TwoPhaseCommit machine = voted(YES, READ_ONLY, YES);

        assertThat(machine.step(new TwoPhaseInput.Voted(2, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0, 2)));
    }

    @Test
    void all_read_only_needs_no_record() {
        TwoPhaseCommit machine = voted(READ_ONLY, READ_ONLY);

        assertThat(machine.step(new TwoPhaseInput.Voted(1, READ_ONLY))).isEqualTo(finished(new Outcome.Committed()));
    }

    @Test
    void a_lone_writer_that_is_prepared_already_gets_a_record() {
        TwoPhaseCommit machine = voted(READ_ONLY, YES);

        assertThat(machine.step(new TwoPhaseInput.Voted(1, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(1)));
    }

    @Test
    void a_lone_branch_of_a_shard_gets_a_record_too() {
        TwoPhaseCommit machine = new TwoPhaseCommit(1, new Backoff(10, 1_000), LoneBranch.WITH_RECORD);

        assertThat(machine.step(new TwoPhaseInput.CommitAsked())).containsExactly(new TwoPhaseCommand.Prepare(0));
        assertThat(machine.step(new TwoPhaseInput.Voted(0, YES)))
                .containsExactly(new TwoPhaseCommand.WriteDecision(List.of(0)));
    }

    @Test
    void a_refusal_tells_those_who_voted_at_once_and_the_others_after_their_vote() {
        TwoPhaseCommit machine = of(3);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Voted(0, YES));

        assertThat(machine.step(new TwoPhaseInput.Voted(1, NO)))
                .containsExactly(
                        new TwoPhaseCommand.Rollback(0, Route.WORKER), new TwoPhaseCommand.Rollback(1, Route.WORKER));
        assertThat(machine.step(new TwoPhaseInput.Voted(2, YES)))
                .containsExactly(new TwoPhaseCommand.Rollback(2, Route.WORKER));
    }

    @Test
    void nobody_is_told_to_commit_before_the_record_is_durable() {
        TwoPhaseCommit machine = decided(YES, YES);

        assertThat(machine.step(new TwoPhaseInput.Expired("the time-out of 5 s expired")))
                .isEmpty();
        assertThat(machine.step(new TwoPhaseInput.Decided(new CommitResult.Written())))
                .containsExactly(
                        new TwoPhaseCommand.Commit(0, Route.WORKER), new TwoPhaseCommand.Commit(1, Route.WORKER));
    }

    @Test
    void the_record_is_released_only_after_every_branch_has_ended() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));

        assertThat(machine.step(new TwoPhaseInput.Ended(0, new Completion.Done())))
                .isEmpty();
        assertThat(machine.step(new TwoPhaseInput.Ended(1, new Completion.NotKnown())))
                .containsExactly(new TwoPhaseCommand.CheckAbsence(1));
        assertThat(machine.step(new TwoPhaseInput.AbsenceChecked(1, true)))
                .startsWith(new TwoPhaseCommand.ReleaseRecord())
                .containsAll(finished(new Outcome.Committed()));
    }

    @Test
    void a_branch_without_an_answer_is_told_again_with_growing_pauses() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        long[] pauses = {10, 20, 40, 80, 160, 320, 640, 1_000, 1_000};
        for (int attempt = 0; attempt < pauses.length; attempt++) {
            assertThat(machine.step(new TwoPhaseInput.Ended(0, new Completion.Retry("down"))))
                    .containsExactly(new TwoPhaseCommand.RetryLater(0, pauses[attempt]));
            assertThat(machine.step(new TwoPhaseInput.RetryDue(0)))
                    .containsExactly(new TwoPhaseCommand.Commit(0, Route.ANY));
        }
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
                        new TwoPhaseCommand.Rollback(0, Route.WORKER), new TwoPhaseCommand.Rollback(1, Route.WORKER));
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Done()));
        assertThat(machine.step(new TwoPhaseInput.Ended(1, new Completion.Done())))
                .contains(new TwoPhaseCommand.ReleaseRecord());
    }

    @Test
    void the_impatient_hear_unknown_while_deciding_and_committed_while_committing() {
        TwoPhaseCommit deciding = decided(YES, YES);
        TwoPhaseCommit committing = decided(YES, YES);
        committing.step(new TwoPhaseInput.Decided(new CommitResult.Written()));

        assertThat(deciding.step(new TwoPhaseInput.WaitedEnough()))
                .singleElement()
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.Unknown.class));
        assertThat(committing.step(new TwoPhaseInput.WaitedEnough()))
                .containsExactly(new TwoPhaseCommand.Answer(new Outcome.Committed()));
    }

    @Test
    void a_heuristic_rollback_is_kept_before_the_record_is_released() {
        TwoPhaseCommit machine = decided(YES, YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(
                        new TwoPhaseInput.Ended(1, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator"))))
                .containsExactly(new TwoPhaseCommand.KeepHeuristic(1, HeuristicOutcome.ROLLED_BACK, "operator"));
        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(1)))
                .startsWith(new TwoPhaseCommand.ReleaseRecord())
                .anySatisfy(command -> assertThat(command)
                        .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                                .isInstanceOf(Outcome.HeuristicMixed.class)));
    }

    @Test
    void a_lone_branch_that_rolled_back_by_itself_is_no_mixture() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "operator")));

        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(0))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isEqualTo(new Outcome.HeuristicRolledBack(
                                "branch 0 (operator) decided by itself: ROLLED_BACK"))));
    }

    @Test
    void branches_that_all_rolled_back_by_themselves_are_no_mixture_whoever_only_read() {
        TwoPhaseCommit machine = decided(YES, new Vote.ReadOnly(), YES);
        machine.step(new TwoPhaseInput.Decided(new CommitResult.Written()));
        for (int branch : List.of(0, 2)) {
            machine.step(
                    new TwoPhaseInput.Ended(branch, new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "idle")));
        }
        machine.step(new TwoPhaseInput.HeuristicKept(0));

        assertThat(machine.step(new TwoPhaseInput.HeuristicKept(2))).anySatisfy(command -> assertThat(command)
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.HeuristicRolledBack.class)));
    }

    @Test
    void a_one_phase_commit_without_answer_is_unknown_and_the_branch_is_not_left_at_work() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Retry("reset")));
        machine.step(new TwoPhaseInput.RetryDue(0));

        assertThat(machine.step(new TwoPhaseInput.Ended(0, new Completion.NotKnown())))
                .hasSize(2)
                .first()
                .isInstanceOfSatisfying(TwoPhaseCommand.Answer.class, answer -> assertThat(answer.outcome())
                        .isInstanceOf(Outcome.Unknown.class));
    }

    @Test
    void a_one_phase_commit_without_answer_that_turns_out_committed_is_learnt_by_those_who_listen() {
        TwoPhaseCommit machine = of(1);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Retry("reset")));
        machine.step(new TwoPhaseInput.RetryDue(0));
        machine.step(new TwoPhaseInput.Ended(0, new Completion.NotKnown()));

        assertThat(machine.step(ended(0, new Completion.Heuristic(HeuristicOutcome.COMMITTED, "says the database"))))
                .contains(new TwoPhaseCommand.Learned(new Outcome.Committed()));
    }

    @Test
    void a_transaction_ends_once() {
        TwoPhaseCommit machine = of(2);
        machine.step(new TwoPhaseInput.CommitAsked());

        assertThatThrownBy(() -> machine.step(new TwoPhaseInput.CommitAsked()))
                .isInstanceOf(Invariants.Violation.class);
    }

    @Test
    void a_branch_that_has_not_voted_at_the_deadline_is_cut_short_once_and_not_waited_for() {
        TwoPhaseCommit machine = of(2);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Voted(0, YES));

        assertThat(machine.step(new TwoPhaseInput.Expired("the time-out of 5 s expired")))
                .containsExactly(new TwoPhaseCommand.Rollback(0, Route.WORKER), new TwoPhaseCommand.CutShort(1));
        assertThat(machine.step(new TwoPhaseInput.Expired("the time-out of 5 s expired")))
                .isEmpty();
        assertThat(machine.step(new TwoPhaseInput.Ended(0, new Completion.Done())))
                .first()
                .isEqualTo(new TwoPhaseCommand.Answer(
                        new Outcome.RolledBack("the time-out of 5 s expired; no vote had come from branch 2 of 2")));
    }

    @Test
    void a_vote_that_comes_after_the_deadline_is_answered_with_rollback_whatever_it_is() {
        TwoPhaseCommit machine = of(2);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Voted(0, YES));
        machine.step(new TwoPhaseInput.Expired("the time-out of 5 s expired"));
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(new TwoPhaseInput.Voted(1, YES)))
                .containsExactly(new TwoPhaseCommand.Rollback(1, Route.WORKER));
        assertThat(machine.step(new TwoPhaseInput.Ended(1, new Completion.Done())))
                .containsExactly(new TwoPhaseCommand.Finish());
        assertThat(machine.isFinished()).isTrue();
    }

    @Test
    void a_branch_that_hangs_after_another_refused_is_cut_short_at_the_deadline() {
        TwoPhaseCommit machine = of(2);
        machine.step(new TwoPhaseInput.CommitAsked());
        machine.step(new TwoPhaseInput.Voted(0, NO));
        machine.step(new TwoPhaseInput.Ended(0, new Completion.Done()));

        assertThat(machine.step(new TwoPhaseInput.Expired("the time-out of 5 s expired")))
                .startsWith(new TwoPhaseCommand.CutShort(1))
                .anySatisfy(command -> assertThat(command).isInstanceOf(TwoPhaseCommand.Answer.class));
    }
}
