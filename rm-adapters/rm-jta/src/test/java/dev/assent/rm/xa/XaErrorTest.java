package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Vote;
import java.util.stream.IntStream;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class XaErrorTest {

    @ParameterizedTest
    @EnumSource(
            value = XaError.class,
            names = {"XAER_RMFAIL", "XAER_RMERR", "XAER_PROTO", "XAER_INVAL", "UNDEFINED"})
    void unclear_codes_are_told_again_in_phase_two_and_leave_the_vote_unconfirmed(XaError error) {
        assertThat(error.ofCommit("why")).isEqualTo(new Completion.Retry("why"));
        assertThat(error.ofCommitOnePhase("why")).isEqualTo(new Completion.Retry("why"));
        assertThat(error.ofRollback("why")).isEqualTo(new Completion.Retry("why"));
        assertThat(error.vote("why")).isEqualTo(new Vote.Unconfirmed("why"));
    }

    @Test
    void what_cannot_be_done_now_was_not_done_in_phase_two() {
        assertThat(XaError.XA_RETRY.ofCommit("why")).isEqualTo(new Completion.Unsent("why"));
        assertThat(XaError.XA_RETRY.ofRollback("why")).isEqualTo(new Completion.Unsent("why"));
        assertThat(XaError.XA_RETRY.ofCommitOnePhase("why")).isEqualTo(new Completion.Retry("why"));
        assertThat(XaError.XA_RETRY.vote("why")).isEqualTo(new Vote.Unconfirmed("why"));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 102, 103, 104, 105, 106, 107})
    void rollback_codes_are_rollbacks_and_a_heuristic_for_a_branch_that_was_prepared(int code) {
        XaError error = XaError.of(new XAException(code));

        assertThat(error.vote("why")).isEqualTo(new Vote.Rollback("why"));
        assertThat(error.ofCommitOnePhase("why")).isEqualTo(new Completion.RolledBack("why"));
        assertThat(error.ofRollback("why")).isEqualTo(new Completion.Done());
        assertThat(error.ofCommit("why")).isEqualTo(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "why"));
    }

    @Test
    void an_unknown_branch_is_left_to_the_protocol() {
        assertThat(XaError.XAER_NOTA.ofCommit("why")).isEqualTo(new Completion.NotKnown());
        assertThat(XaError.XAER_NOTA.ofRollback("why")).isEqualTo(new Completion.NotKnown());
        assertThat(XaError.XAER_NOTA.vote("why")).isEqualTo(new Vote.Rollback("why"));
    }

    @Test
    void heuristics_that_agree_with_the_decision_are_done_and_the_others_are_told() {
        assertThat(XaError.XA_HEURCOM.ofCommit("why")).isEqualTo(new Completion.Done());
        assertThat(XaError.XA_HEURRB.ofRollback("why")).isEqualTo(new Completion.Done());
        assertThat(XaError.XA_HEURRB.ofCommit("why"))
                .isEqualTo(new Completion.Heuristic(HeuristicOutcome.ROLLED_BACK, "why"));
        assertThat(XaError.XA_HEURCOM.ofRollback("why"))
                .isEqualTo(new Completion.Heuristic(HeuristicOutcome.COMMITTED, "why"));
        assertThat(XaError.XA_HEURMIX.ofCommit("why"))
                .isEqualTo(new Completion.Heuristic(HeuristicOutcome.MIXED, "why"));
        assertThat(XaError.XA_HEURHAZ.ofRollback("why"))
                .isEqualTo(new Completion.Heuristic(HeuristicOutcome.HAZARD, "why"));
    }

    @Test
    void every_code_of_the_standard_has_a_name_and_others_have_none() {
        IntStream codes = IntStream.concat(
                IntStream.of(3, 4, 5, 6, 7, 8, 9),
                IntStream.concat(IntStream.rangeClosed(-9, -2), IntStream.rangeClosed(100, 107)));

        assertThat(codes.mapToObj(code -> XaError.of(new XAException(code)))).doesNotContain(XaError.UNDEFINED);
        assertThat(XaError.of(new XAException(4711))).isEqualTo(XaError.UNDEFINED);
        assertThat(XaError.describe(new XAException(4711))).contains("4711");
    }
}
