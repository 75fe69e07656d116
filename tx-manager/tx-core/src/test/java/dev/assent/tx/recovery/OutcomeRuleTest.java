package dev.assent.tx.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeRuleTest {
    private static final Outcome COMMITTED = new Outcome.Committed();
    private static final Outcome ROLLED_BACK = new Outcome.RolledBack("no money");
    private static final Outcome UNKNOWN = new Outcome.Unknown("no record");

    private static Outcome withoutRecord(boolean fenced, long everDeletedUpTo, OutcomeRule.Unrecorded unrecorded) {
        return OutcomeRule.conclude(
                1_000, new OutcomeRule.Readings(fenced, new RecordRead.Absent(), everDeletedUpTo, unrecorded));
    }

    @Test
    void no_record_is_a_rollback_when_every_commit_would_have_left_one() {
        assertThat(withoutRecord(true, 999, OutcomeRule.Unrecorded.NEVER)).isInstanceOf(Outcome.RolledBack.class);
        assertThat(withoutRecord(true, 1_000, OutcomeRule.Unrecorded.NEVER)).isInstanceOf(Outcome.Unknown.class);
        assertThat(withoutRecord(false, 999, OutcomeRule.Unrecorded.NEVER)).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void no_record_of_what_may_have_only_read_is_no_rollback_but_changed_nothing() {
        assertThat(withoutRecord(true, 999, OutcomeRule.Unrecorded.IF_READ_ONLY))
                .isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> assertThat(unknown.cause())
                        .contains("nothing was changed by it"));
        for (Outcome told : List.of(
                withoutRecord(true, 1_000, OutcomeRule.Unrecorded.IF_READ_ONLY),
                withoutRecord(false, 999, OutcomeRule.Unrecorded.IF_READ_ONLY),
                withoutRecord(true, 999, OutcomeRule.Unrecorded.IF_ONE_PHASE))) {
            assertThat(told).isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> assertThat(unknown.cause())
                    .doesNotContain("nothing was changed"));
        }
    }

    private static Outcome told(Outcome decided, HeuristicOutcome... own) {
        return OutcomeRule.withOwnDecisions(decided, List.of(own));
    }

    @Test
    void without_own_decisions_the_decided_outcome_is_told() {
        assertThat(told(COMMITTED)).isEqualTo(COMMITTED);
        assertThat(told(ROLLED_BACK)).isEqualTo(ROLLED_BACK);
        assertThat(told(UNKNOWN)).isEqualTo(UNKNOWN);
    }

    @Test
    void a_branch_that_chose_what_was_decided_changes_nothing() {
        assertThat(told(COMMITTED, HeuristicOutcome.COMMITTED)).isEqualTo(COMMITTED);
        assertThat(told(ROLLED_BACK, HeuristicOutcome.ROLLED_BACK)).isEqualTo(ROLLED_BACK);
    }

    @Test
    void a_branch_that_chose_otherwise_makes_the_outcome_mixed() {
        assertThat(told(COMMITTED, HeuristicOutcome.COMMITTED, HeuristicOutcome.ROLLED_BACK))
                .isInstanceOf(Outcome.HeuristicMixed.class);
        assertThat(told(ROLLED_BACK, HeuristicOutcome.COMMITTED)).isInstanceOf(Outcome.HeuristicMixed.class);
        assertThat(told(COMMITTED, HeuristicOutcome.MIXED)).isInstanceOf(Outcome.HeuristicMixed.class);
        assertThat(told(UNKNOWN, HeuristicOutcome.MIXED)).isInstanceOf(Outcome.HeuristicMixed.class);
    }

    @Test
    void a_branch_that_may_have_chosen_otherwise_is_a_hazard_unless_another_did() {
        assertThat(told(COMMITTED, HeuristicOutcome.HAZARD)).isInstanceOf(Outcome.HeuristicHazard.class);
        assertThat(told(COMMITTED, HeuristicOutcome.HAZARD, HeuristicOutcome.ROLLED_BACK))
                .isInstanceOf(Outcome.HeuristicMixed.class);
    }

    @Test
    void a_branch_that_chose_while_nobody_knows_what_was_decided_is_named_and_the_outcome_stays_unknown() {
        for (HeuristicOutcome choice :
                List.of(HeuristicOutcome.COMMITTED, HeuristicOutcome.ROLLED_BACK, HeuristicOutcome.HAZARD)) {
            assertThat(told(UNKNOWN, choice))
                    .isInstanceOfSatisfying(Outcome.Unknown.class, unknown -> assertThat(unknown.cause())
                            .contains("no record", choice.name()));
        }
    }

    @Test
    void branches_that_chose_differently_are_mixed_whatever_was_decided() {
        assertThat(told(UNKNOWN, HeuristicOutcome.COMMITTED, HeuristicOutcome.HAZARD, HeuristicOutcome.ROLLED_BACK))
                .isInstanceOf(Outcome.HeuristicMixed.class);
    }
}
