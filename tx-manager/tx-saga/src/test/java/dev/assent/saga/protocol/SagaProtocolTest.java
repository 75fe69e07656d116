package dev.assent.saga.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.invariants.Invariants;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaEvent.CompensationStarted;
import dev.assent.saga.model.SagaEvent.Ended;
import dev.assent.saga.model.SagaEvent.StageStarted;
import dev.assent.saga.model.SagaEvent.StepCompensated;
import dev.assent.saga.model.SagaEvent.StepDone;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.model.StepRule;
import dev.assent.saga.protocol.SagaCommand.Append;
import dev.assent.saga.protocol.SagaCommand.Call;
import dev.assent.saga.protocol.SagaCommand.GiveUp;
import dev.assent.saga.protocol.SagaCommand.Pause;
import dev.assent.saga.protocol.SagaCommand.Tell;
import dev.assent.time.Backoff;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The machine alone: what is called, written and told after which input. */
class SagaProtocolTest {
    private static final int ATTEMPTS = 2;
    private static final long TIMEOUT = 100;
    private static final SagaPlan PLAN = new SagaPlan(
            "trip", 1, List.of(List.of(rule("hotel", true)), List.of(rule("car", true), rule("mail", false))), 10_000);
    private static final SagaEntry BEGUN = entry(0, new StageStarted(0));

    private final SagaProtocol saga = new SagaProtocol(PLAN, List.of(BEGUN));

    private static StepRule rule(String name, boolean isCompensated) {
        return new StepRule(name, ATTEMPTS, TIMEOUT, new Backoff(10, 40), isCompensated);
    }

    private static SagaEntry entry(int number, SagaEvent... events) {
        return new SagaEntry(number, 0, 0, List.of(events));
    }

    private static Call action(String step, int attempt) {
        return new Call(step, Direction.ACTION, attempt, TIMEOUT);
    }

    private static Call compensation(String step, int attempt) {
        return new Call(step, Direction.COMPENSATION, attempt, TIMEOUT);
    }

    private List<SagaCommand> resumed() {
        return saga.step(new SagaInput.Resumed());
    }

    private List<SagaCommand> recorded(int entry) {
        return saga.step(new SagaInput.Recorded(entry));
    }

    private List<SagaCommand> answered(String step, int attempt, StepAnswer answer) {
        return saga.step(new SagaInput.Answered(step, Direction.ACTION, attempt, answer));
    }

    private List<SagaCommand> undone(String step, int attempt, StepAnswer answer) {
        return saga.step(new SagaInput.Answered(step, Direction.COMPENSATION, attempt, answer));
    }

    private static StepAnswer done(String result) {
        return new StepAnswer.Done(result);
    }

    @Test
    void a_stage_is_called_once_its_start_is_recorded_and_ends_share_their_write() {
        assertThat(resumed()).containsExactly(action("hotel", 1));
        assertThat(answered("hotel", 1, done("room 7")))
                .containsExactly(new Append(1, List.of(new StepDone("hotel", "room 7"), new StageStarted(1))));
        assertThat(recorded(1)).containsExactly(action("car", 1), action("mail", 1));
        assertThat(answered("mail", 1, done(""))).containsExactly(new Append(2, List.of(new StepDone("mail", ""))));
        assertThat(answered("car", 1, done("red"))).as("one write is under way").isEmpty();
        assertThat(recorded(2))
                .containsExactly(new Append(3, List.of(new StepDone("car", "red"), new Ended(SagaOutcome.COMPLETED))));
        assertThat(recorded(3)).containsExactly(new Tell(SagaOutcome.COMPLETED));
        assertThat(saga.isFinished()).isTrue();
    }

    @Test
    void a_failed_attempt_is_repeated_after_a_pause_and_the_last_one_turns_back() {
        resumed();

        assertThat(answered("hotel", 1, new StepAnswer.Failed("reset")))
                .containsExactly(new Pause("hotel", Direction.ACTION, 1, 10));
        assertThat(saga.step(new SagaInput.RetryDue("hotel", Direction.ACTION, 1)))
                .containsExactly(action("hotel", 2));
        assertThat(answered("hotel", 2, new StepAnswer.Failed("reset")))
                .containsExactly(new Append(1, List.of(new CompensationStarted("step hotel: reset"))));
        assertThat(recorded(1)).containsExactly(compensation("hotel", 1));
    }

    @Test
    void a_refusal_turns_back_at_once_and_the_refused_step_is_compensated_too() {
        resumed();

        assertThat(answered("hotel", 1, new StepAnswer.Refused("full")))
                .containsExactly(new Append(1, List.of(new CompensationStarted("step hotel: full"))));
        assertThat(recorded(1)).containsExactly(compensation("hotel", 1));
        assertThat(undone("hotel", 1, done("")))
                .containsExactly(
                        new Append(2, List.of(new StepCompensated("hotel"), new Ended(SagaOutcome.COMPENSATED))));
        assertThat(recorded(2)).containsExactly(new Tell(SagaOutcome.COMPENSATED));
    }

    @Test
    void a_time_out_only_starts_compensation_and_an_answer_that_comes_before_that_still_counts() {
        resumed();

        assertThat(saga.step(new SagaInput.TimedOut("hotel", Direction.ACTION, 1)))
                .containsExactly(new GiveUp("hotel", Direction.ACTION, 1), new Pause("hotel", Direction.ACTION, 1, 10));
        assertThat(answered("hotel", 1, done("late")))
                .containsExactly(new Append(1, List.of(new StepDone("hotel", "late"), new StageStarted(1))));
        assertThat(saga.step(new SagaInput.RetryDue("hotel", Direction.ACTION, 1)))
                .as("what is done is not called again")
                .isEmpty();
    }

    @Test
    void steps_beside_a_refused_one_are_waited_for_and_stages_are_undone_last_first() {
        resumed();
        answered("hotel", 1, done(""));
        recorded(1);

        assertThat(answered("car", 1, new StepAnswer.Refused("none")))
                .as("mail is still called")
                .isEmpty();
        assertThat(answered("mail", 1, done("sent")))
                .containsExactly(new Append(
                        2, List.of(new StepDone("mail", "sent"), new CompensationStarted("step car: none"))));
        assertThat(recorded(2)).containsExactly(compensation("car", 1));
        assertThat(undone("car", 1, done(""))).containsExactly(new Append(3, List.of(new StepCompensated("car"))));
        assertThat(recorded(3)).containsExactly(compensation("hotel", 1));
    }

    @Test
    void a_compensation_is_tried_for_ever_refused_or_not_and_trouble_is_told_once() {
        resumed();
        answered("hotel", 1, new StepAnswer.Refused("full"));
        recorded(1);

        for (int attempt = 1; attempt < 50; attempt++) {
            List<SagaCommand> commands = undone(
                    "hotel", attempt, attempt % 2 == 0 ? new StepAnswer.Refused("no") : new StepAnswer.Failed("away"));
            Pause pause = new Pause("hotel", Direction.COMPENSATION, attempt, new Backoff(10, 40).pauseMillis(attempt));
            if (attempt == SagaProtocol.TROUBLED_AFTER) {
                assertThat(commands)
                        .containsExactly(
                                pause, new Append(2, List.of(new SagaEvent.StepTroubled("hotel", attempt, "no"))));
                recorded(2);
            } else {
                assertThat(commands).containsExactly(pause);
            }
            assertThat(saga.step(new SagaInput.RetryDue("hotel", Direction.COMPENSATION, attempt)))
                    .containsExactly(compensation("hotel", attempt + 1));
        }
    }

    @Test
    void the_deadline_turns_back_between_stages_and_not_once_all_is_done() {
        resumed();
        answered("hotel", 1, done(""));
        saga.step(new SagaInput.DeadlinePassed());

        assertThat(recorded(1))
                .as("nothing is called")
                .containsExactly(new Append(2, List.of(new CompensationStarted("not completed within 10000 ms"))));

        SagaProtocol complete = new SagaProtocol(
                PLAN,
                List.of(
                        BEGUN,
                        entry(1, new StepDone("hotel", ""), new StageStarted(1)),
                        entry(2, new StepDone("car", ""), new StepDone("mail", ""))));
        assertThat(complete.step(new SagaInput.Resumed()))
                .containsExactly(new Append(3, List.of(new Ended(SagaOutcome.COMPLETED))));
        assertThat(complete.step(new SagaInput.DeadlinePassed())).isEmpty();
        assertThat(complete.step(new SagaInput.Recorded(3))).containsExactly(new Tell(SagaOutcome.COMPLETED));
    }

    @Test
    void whoever_resumes_calls_what_the_log_leaves_open_and_nothing_else() {
        SagaProtocol forward = new SagaProtocol(
                PLAN,
                List.of(
                        BEGUN,
                        entry(1, new StepDone("hotel", ""), new StageStarted(1)),
                        entry(2, new StepDone("mail", ""))));
        assertThat(forward.step(new SagaInput.Resumed())).containsExactly(action("car", 1));

        SagaProtocol backward = new SagaProtocol(
                PLAN,
                List.of(
                        BEGUN,
                        entry(1, new StepDone("hotel", ""), new StageStarted(1)),
                        entry(2, new CompensationStarted("no"))));
        assertThat(backward.step(new SagaInput.Resumed())).containsExactly(compensation("car", 1));
    }

    @Test
    void who_is_fenced_does_nothing_more() {
        resumed();
        answered("hotel", 1, done(""));

        assertThat(saga.step(new SagaInput.Fenced())).isEmpty();
        assertThat(saga.isFinished()).isTrue();
        assertThat(saga.step(new SagaInput.DeadlinePassed())).isEmpty();
    }

    @Test
    void a_log_that_breaks_the_rules_is_not_executed() {
        assertThatThrownBy(() -> new SagaProtocol(PLAN, List.of(entry(0, new StageStarted(1)))))
                .isInstanceOf(Invariants.Violation.class);
        assertThatThrownBy(() -> new SagaProtocol(PLAN, List.of(BEGUN, entry(2, new StepDone("hotel", "")))))
                .isInstanceOf(Invariants.Violation.class)
                .hasMessageContaining("gaps");
        assertThatThrownBy(() -> new SagaProtocol(PLAN, List.of(BEGUN, entry(1, new StepCompensated("hotel")))))
                .isInstanceOf(Invariants.Violation.class);
    }
}
