package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;

import com.atomikos.recovery.TxState;
import dev.assent.rm.atomikos.SubordinateRule.Coordinator;
import dev.assent.rm.atomikos.SubordinateRule.OnEnd;
import dev.assent.rm.atomikos.SubordinateRule.OnPrepare;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubordinateRuleTest {
    @ParameterizedTest
    @CsvSource({
        "WORKING, false, ASK, REFUSE,    TELL",
        "VOTED,   true,  YES, TELL,      TELL",
        "OVER,    true,  YES, RECOVER,   RECOVER",
        "OVER,    false, NO,  NOT_KNOWN, NOT_KNOWN",
        "NONE,    true,  YES, RECOVER,   RECOVER",
        "NONE,    false, NO,  NOT_KNOWN, NOT_KNOWN"
    })
    void each_message_has_one_answer(
            Coordinator coordinator, boolean voted, OnPrepare prepare, OnEnd commit, OnEnd rollback) {
        assertThat(SubordinateRule.onPrepare(coordinator, voted)).isEqualTo(prepare);
        assertThat(SubordinateRule.onCommit(coordinator, voted)).isEqualTo(commit);
        assertThat(SubordinateRule.onRollback(coordinator, voted)).isEqualTo(rollback);
    }

    @Test
    void only_a_coordinator_in_doubt_is_told_to_commit() {
        assertThat(Arrays.stream(TxState.values())
                        .filter(state -> SubordinateRule.onCommit(Coordinator.in(state), true) == OnEnd.TELL))
                .containsExactly(TxState.IN_DOUBT);
    }
}
