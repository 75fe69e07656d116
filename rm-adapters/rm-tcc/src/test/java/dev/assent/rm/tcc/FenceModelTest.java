package dev.assent.rm.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All orders of try, confirm and cancel, repeated and broken off anywhere. */
class FenceModelTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_try_is_ended_once_whatever_comes_when(boolean commit) {
        FenceModel model = new FenceModel(Flaw.NONE, commit);

        assertThat(model.explore()).isEmpty();
        assertThat(model.states()).as("looked at").isGreaterThan(40);
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void each_planted_bug_is_noticed(Flaw flaw) {
        Optional<String> committing = new FenceModel(flaw, true).explore();
        Optional<String> rollingBack = new FenceModel(flaw, false).explore();

        assertThat(committing.or(() -> rollingBack)).isPresent();
    }

    @Test
    void the_rule_says_what_each_row_means() {
        Optional<FenceState> none = Optional.empty();

        assertThat(FenceRule.onTry(none)).isEqualTo(FenceRule.Step.TRY);
        for (FenceState state : FenceState.values()) {
            assertThat(FenceRule.onTry(Optional.of(state))).isEqualTo(FenceRule.Step.REFUSE);
        }
        assertThat(FenceRule.onCommit(none)).isEqualTo(FenceRule.Step.NOT_KNOWN);
        assertThat(FenceRule.onCommit(Optional.of(FenceState.CANCELLED))).isEqualTo(FenceRule.Step.CONTRADICTED);
        assertThat(FenceRule.onRollback(none)).isEqualTo(FenceRule.Step.FENCE_OFF);
        assertThat(FenceRule.onRollback(Optional.of(FenceState.CONFIRMED))).isEqualTo(FenceRule.Step.CONTRADICTED);
    }
}
