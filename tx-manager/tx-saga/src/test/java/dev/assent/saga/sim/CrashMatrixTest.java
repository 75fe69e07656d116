package dev.assent.saga.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.saga.model.SagaOutcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The executor dies at each of its effects in turn: before and after every request, every execution in the store, every
 * call, every execution in a service, and every answer that it hears. Then its successor dies too, at each of its own.
 */
class CrashMatrixTest {
    private static final List<List<String>> SHAPE = List.of(List.of("order"), List.of("stock", "seat"), List.of("pay"));
    private static final int NEVER = SagaCuts.NEVER;

    @ParameterizedTest
    @ValueSource(strings = {"none", "order", "seat", "pay"})
    void an_executor_dies_at_each_of_its_effects(String refused) {
        int effects = run(refused, NEVER, NEVER).processes.get(0).effects();
        int compensated = 0;

        for (int effect = 1; effect <= effects; effect++) {
            SimRun run = run(refused, effect, NEVER);
            compensated += outcomeAfter(run, refused) == SagaOutcome.COMPENSATED ? 1 : 0;
        }

        assertThat(effects).as("effects").isGreaterThan(20);
        if (refused.equals("none")) {
            assertThat(compensated).as("a death alone turns nothing back").isZero();
        }
    }

    @Test
    void its_successor_dies_too_at_each_effect_of_its_own() {
        for (String refused : new String[] {"none", "pay"}) {
            int effects = run(refused, NEVER, NEVER).processes.get(0).effects();
            for (int first = 1; first <= effects; first += 3) {
                int more = run(refused, first, NEVER).processes.get(1).effects();
                for (int second = 1; second <= Math.min(more, 120); second += 5) {
                    SagaOutcome unused = outcomeAfter(run(refused, first, second), refused);
                }
            }
        }
    }

    private static SimRun run(String refused, int first, int second) {
        return new SagaCuts(SHAPE, refused, Flaw.NONE).dies(first, second);
    }

    private static SagaOutcome outcomeAfter(SimRun run, String refused) {
        run.audit.ended(List.copyOf(run.store.logs.keySet()));
        Violation.check(
                run.started.isEmpty() || run.store.logs.containsKey(SagaCuts.SAGA),
                "a saga that was said to be started is");
        if (run.store.logs.isEmpty()) {
            return SagaOutcome.COMPLETED; // it died before anybody heard of the saga
        }
        SagaOutcome outcome = run.audit.outcome(SagaCuts.SAGA);
        Violation.check(
                outcome == (refused.equals("none") ? SagaOutcome.COMPLETED : SagaOutcome.COMPENSATED),
                "refused " + refused + ", but " + outcome + "\n" + run.world.story());
        return outcome;
    }
}
