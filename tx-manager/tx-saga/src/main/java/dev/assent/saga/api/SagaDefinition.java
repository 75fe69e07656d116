package dev.assent.saga.api;

import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.StepRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A saga's steps in code. Every process that is to go on with such sagas registers the same definition; a definition
 * whose steps change gets another version, and the old one stays registered until its last saga has ended.
 *
 * @param <I> what a saga is started with
 */
public final class SagaDefinition<I> {
    private final SagaPlan plan;
    private final InputText<I> text;
    private final Map<String, Step<I>> steps;

    private record Step<I>(StepAction<I> action, Optional<StepCompensation<I>> compensation) {}

    private SagaDefinition(SagaPlan plan, InputText<I> text, Map<String, Step<I>> steps) {
        this.plan = plan;
        this.text = text;
        this.steps = steps;
    }

    /** Begins one of that name. */
    public static <I> Builder<I> named(String name, int version, InputText<I> text) {
        return new Builder<>(name, version, text);
    }

    public SagaPlan plan() {
        return plan;
    }

    public InputText<I> text() {
        return text;
    }

    /** Of a step of this definition. */
    public StepAction<I> action(String step) {
        return stepOf(step).action();
    }

    /** Empty if nothing is to be undone. */
    public Optional<StepCompensation<I>> compensation(String step) {
        return stepOf(step).compensation();
    }

    private Step<I> stepOf(String name) {
        Step<I> step = steps.get(name);
        if (step == null) {
            throw new IllegalArgumentException("saga " + plan.name() + " has no step " + name);
        }
        return step;
    }

    /** Collects steps in their order. */
    public static final class Builder<I> {
        private static final Duration TIMEOUT = Duration.ofMinutes(10);

        private final String name;
        private final int version;
        private final InputText<I> text;
        private final Map<String, Step<I>> steps = new LinkedHashMap<>();
        private final List<List<StepRule>> stages = new ArrayList<>();
        private Duration timeout = TIMEOUT;

        private Builder(String name, int version, InputText<I> text) {
            this.name = name;
            this.version = version;
            this.text = text;
        }

        /** After which a saga that is not completed turns back; 10 minutes otherwise. */
        public Builder<I> within(Duration limit) {
            timeout = limit;
            return this;
        }

        /** A step after those so far. */
        public Builder<I> step(String step, StepAction<I> action, StepCompensation<I> compensation) {
            return step(step, action, compensation, StepOptions.DEFAULT);
        }

        public Builder<I> step(
                String step, StepAction<I> action, StepCompensation<I> compensation, StepOptions options) {
            return together(stage -> stage.step(step, action, compensation, options));
        }

        /** A step that changes nothing that would have to be undone. */
        public Builder<I> step(String step, StepAction<I> action) {
            return together(stage -> stage.step(step, action));
        }

        /** Steps after those so far, side by side. Their compensations run side by side too. */
        public Builder<I> together(Consumer<Stage<I>> steps) {
            Stage<I> stage = new Stage<>(this.steps);
            steps.accept(stage);
            stages.add(stage.rules);
            return this;
        }

        /**
         * The definition.
         *
         * @throws IllegalArgumentException what does not fit, and what would
         */
        public SagaDefinition<I> build() {
            SagaPlan plan = new SagaPlan(name, version, stages, timeout.toMillis());
            return new SagaDefinition<>(plan, text, Map.copyOf(steps));
        }
    }

    /** Steps that run side by side. */
    public static final class Stage<I> {
        private final Map<String, Step<I>> steps;
        private final List<StepRule> rules = new ArrayList<>();

        private Stage(Map<String, Step<I>> steps) {
            this.steps = steps;
        }

        public Stage<I> step(String step, StepAction<I> action, StepCompensation<I> compensation) {
            return step(step, action, compensation, StepOptions.DEFAULT);
        }

        public Stage<I> step(String step, StepAction<I> action, StepCompensation<I> compensation, StepOptions options) {
            return add(step, new Step<>(action, Optional.of(compensation)), options);
        }

        /** One that changes nothing that would have to be undone. */
        public Stage<I> step(String step, StepAction<I> action) {
            return step(step, action, StepOptions.DEFAULT);
        }

        public Stage<I> step(String step, StepAction<I> action, StepOptions options) {
            return add(step, new Step<>(action, Optional.empty()), options);
        }

        private Stage<I> add(String name, Step<I> step, StepOptions options) {
            steps.put(name, step);
            rules.add(new StepRule(
                    name,
                    options.attempts(),
                    options.timeout().toMillis(),
                    options.pauses(),
                    step.compensation().isPresent()));
            return this;
        }
    }
}
