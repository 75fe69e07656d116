package dev.assent.tx.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.PointLook;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PointOutcomeRuleTest {
    private static final long DEADLINE = 1_000;

    private static Outcome told(Optional<Decision> row, long everDeletedUpTo) {
        return PointOutcomeRule.conclude(DEADLINE, new PointLook(row, false, everDeletedUpTo));
    }

    @Test
    void a_commit_row_is_the_truth_whatever_was_deleted() {
        assertThat(told(Optional.of(Decision.COMMIT), Long.MAX_VALUE)).isEqualTo(new Outcome.Committed());
    }

    @Test
    void an_abort_row_is_the_truth_unless_a_commit_may_have_been_deleted_before_it() {
        assertThat(told(Optional.of(Decision.ABORT), DEADLINE - 1)).isInstanceOf(Outcome.RolledBack.class);
        assertThat(told(Optional.of(Decision.ABORT), DEADLINE)).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void no_row_tells_nothing() {
        assertThat(told(Optional.empty(), Long.MIN_VALUE)).isInstanceOf(Outcome.Unknown.class);
        assertThat(told(Optional.empty(), DEADLINE)).isInstanceOf(Outcome.Unknown.class);
    }
}
