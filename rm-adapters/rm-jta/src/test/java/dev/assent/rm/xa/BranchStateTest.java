package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.xa.BranchState.Handover;
import dev.assent.rm.xa.BranchState.Stage;
import java.util.OptionalInt;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each stage of a branch against each thing that may happen to its connection. */
class BranchStateTest {
    private final BranchState state = new BranchState();

    @ParameterizedTest(name = "{0}, in the driver {1}: fit {2}, severed {3}, then {4}")
    @CsvSource({
        "CREATED,  false, false, false, CREATED",
        "WORKING,  false, false, true,  FINISHED",
        "ENDED,    false, false, true,  FINISHED",
        "PREPARED, false, true,  false, DETACHED",
        "DETACHED, false, false, false, DETACHED",
        "FINISHED, false, true,  false, FINISHED",
        "WORKING,  true,  false, true,  WORKING",
        "ENDED,    true,  false, true,  ENDED",
        "PREPARED, true,  false, true,  PREPARED",
        "FINISHED, true,  false, true,  FINISHED",
    })
    void a_connection_that_goes_back(Stage stage, boolean inDriver, boolean fit, boolean sever, Stage then) {
        state.to(stage);
        if (inDriver) {
            state.enterDriver();
        }

        assertThat(state.release()).isEqualTo(new Handover(fit, sever));
        assertThat(state.stage()).isEqualTo(then);
    }

    @Test
    void a_branch_that_was_prepared_on_a_connection_given_back_meanwhile_goes_on_without_it() {
        state.to(Stage.ENDED);
        state.enterDriver();
        Handover unused = state.release();
        state.to(Stage.PREPARED);
        assertThat(state.isOver()).isFalse();

        state.leaveDriver();

        assertThat(state.stage()).isEqualTo(Stage.DETACHED);
        assertThat(state.isOver()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"CREATED, 0", "ENDED, 2097152", "WORKING, -1"})
    void work_begins_or_goes_on_with_the_flag_that_every_driver_knows(Stage stage, int flag) {
        state.to(stage);

        assertThat(state.work()).isEqualTo(flag < 0 ? OptionalInt.empty() : OptionalInt.of(flag));
        assertThat(state.stage()).isEqualTo(Stage.WORKING);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"PREPARED", "DETACHED", "FINISHED"})
    void no_work_begins_in_a_branch_that_is_over(Stage stage) {
        state.to(stage);

        assertThatThrownBy(state::work).isInstanceOf(IllegalStateException.class);
        assertThat(state.stage()).isEqualTo(stage);
    }

    @Test
    void work_that_a_driver_refused_leaves_the_branch_as_it_was() {
        OptionalInt first = state.work();
        state.didNotWork(first.orElseThrow());
        assertThat(state.stage()).isEqualTo(Stage.CREATED);

        state.to(Stage.ENDED);
        OptionalInt again = state.work();
        assertThat(again).hasValue(XAResource.TMJOIN);
        state.didNotWork(again.orElseThrow());
        assertThat(state.stage()).isEqualTo(Stage.ENDED);
    }

    @Test
    void a_refusal_that_comes_after_the_end_changes_nothing() {
        OptionalInt flag = state.work();
        assertThat(state.takeFromWork()).isTrue();

        state.didNotWork(flag.orElseThrow());

        assertThat(state.stage()).isEqualTo(Stage.FINISHED);
    }

    @ParameterizedTest(name = "{0}, in the driver {1}: broken off {2}")
    @CsvSource({
        "ENDED,    false, false",
        "ENDED,    true,  true",
        "PREPARED, true,  false",
        "WORKING,  true,  true",
    })
    void a_vote_that_nobody_waits_for(Stage stage, boolean inDriver, boolean brokenOff) {
        state.to(stage);
        if (inDriver) {
            state.enterDriver();
        }

        assertThat(state.cutShort()).isEqualTo(brokenOff);
    }

    @ParameterizedTest(name = "{0}: can be prepared {1}")
    @CsvSource({
        "CREATED,  false",
        "WORKING,  false",
        "ENDED,    true",
        "PREPARED, false",
        "DETACHED, false",
        "FINISHED, false",
    })
    void only_ended_work_is_prepared(Stage stage, boolean can) {
        state.to(stage);

        assertThat(state.objectionToPrepare("orders").isEmpty()).isEqualTo(can);
    }

    @Test
    void what_was_cut_short_is_not_prepared_any_more() {
        state.to(Stage.ENDED);
        boolean unused = state.cutShort();

        assertThat(state.objectionToPrepare("orders"))
                .hasValueSatisfying(why -> assertThat(why).contains("over before orders"));
    }

    @Test
    void a_connection_whose_answer_was_unclear_is_not_fit_for_anything_else() {
        state.to(Stage.PREPARED);
        state.detach();

        assertThat(state.release()).isEqualTo(new Handover(false, false));
    }

    @Test
    void work_that_has_begun_is_not_finished_as_if_there_were_none() {
        assertThat(state.work()).hasValue(XAResource.TMNOFLAGS);

        assertThat(state.finishUnlessBegun()).isFalse();
        assertThat(state.stage()).isEqualTo(Stage.WORKING);
    }

    @Test
    void no_work_begins_once_the_connection_went_back() {
        assertThat(state.release().fit()).isFalse();

        assertThatThrownBy(state::work).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_connection_on_which_work_began_in_a_branch_that_is_over_serves_nobody() {
        assertThat(state.work()).hasValue(XAResource.TMNOFLAGS);
        state.to(Stage.FINISHED); // while the driver was starting

        assertThat(state.goesOn()).isFalse();
        assertThat(state.release().fit()).isFalse();
    }
}
