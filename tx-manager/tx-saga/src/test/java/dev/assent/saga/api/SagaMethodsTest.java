package dev.assent.saga.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SagaMethodsTest {

    @Saga(name = "trip", version = 3, withinMillis = 1_000)
    static class Trip {
        final List<String> happened = new ArrayList<>();

        @SagaStep(stage = 2, name = "seat", attempts = 7, timeoutMillis = 50)
        void reserveSeat(StepContext<String> context) {
            happened.add("seat " + context.input());
        }

        @SagaStep(stage = 2)
        String room(StepContext<String> context) throws StepRefusedException {
            throw new StepRefusedException("full");
        }

        @SagaStep(stage = 1, compensation = "cancel")
        String book(StepContext<String> context) {
            return "booked " + context.input();
        }

        void cancel(StepContext<String> context) {
            happened.add("cancelled " + context.saga());
        }
    }

    @Saga(name = "wrong", version = 1)
    static class NoSuchCompensation {
        @SagaStep(stage = 1, compensation = "undo")
        void act(StepContext<String> context) {}
    }

    @Saga(name = "wrong", version = 1)
    static class NoContext {
        @SagaStep(stage = 1)
        void act(String input) {}
    }

    @Saga(name = "wrong", version = 1)
    static class NoText {
        @SagaStep(stage = 1)
        int act(StepContext<String> context) {
            return 1;
        }
    }

    private static StepContext<String> context(String step, Direction direction) {
        return new StepContext<>(
                "for two", new CallKey(new SagaId("s"), step, direction), 1, Duration.ofSeconds(1), Map.of());
    }

    @Test
    void methods_are_steps_in_the_order_of_stages_and_names() throws Exception {
        Trip steps = new Trip();

        SagaDefinition<String> trip = SagaMethods.definition(steps, InputText.plain());

        assertThat(trip.plan().name()).isEqualTo("trip");
        assertThat(trip.plan().version()).isEqualTo(3);
        assertThat(trip.plan().timeoutMillis()).isEqualTo(1_000);
        assertThat(trip.plan().shape()).containsExactly(List.of("book"), List.of("room", "seat"));
        assertThat(trip.plan().rule("seat").attemptsMax()).isEqualTo(7);
        assertThat(trip.plan().rule("seat").timeoutMillis()).isEqualTo(50);
        assertThat(trip.action("book").run(context("book", Direction.ACTION))).isEqualTo("booked for two");
        assertThat(trip.action("seat").run(context("seat", Direction.ACTION))).isEmpty();
        trip.compensation("book").orElseThrow().run(context("book", Direction.COMPENSATION));
        assertThat(trip.compensation("seat")).isEmpty();
        assertThat(steps.happened).containsExactly("seat for two", "cancelled s");
        assertThatThrownBy(() -> trip.action("room").run(context("room", Direction.ACTION)))
                .isInstanceOf(StepRefusedException.class)
                .hasMessage("full");
    }

    @Test
    void a_class_that_is_none_is_refused_with_the_remedy() {
        assertRefused(new Object(), "annotate it with @Saga");
        assertRefused(new NoSuchCompensation(), "no method of that name");
        assertRefused(new NoContext(), "takes a StepContext and nothing else");
        assertRefused(new NoText(), "returns a String or nothing");
    }

    private static void assertRefused(Object steps, String why) {
        assertThatThrownBy(() -> SagaMethods.definition(steps, InputText.plain()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
