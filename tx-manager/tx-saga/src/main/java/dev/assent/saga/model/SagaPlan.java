package dev.assent.saga.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be done, without how.
 *
 * @param name with the version, finds the definition in whichever process goes on with a saga
 * @param stages one after the other; the steps of one stage side by side
 * @param timeoutMillis after which a saga that is not completed turns back
 */
public record SagaPlan(String name, int version, List<List<StepRule>> stages, long timeoutMillis) {
    public static final int NAME_CHARACTERS_MAX = 64;
    public static final int STEPS_MAX = 64;

    public SagaPlan {
        Names.require("a saga's name", name, NAME_CHARACTERS_MAX);
        stages = stages.stream().map(List::copyOf).toList();
        if (version < 1 || timeoutMillis < 1) {
            throw new IllegalArgumentException("saga " + name + " has a version and a time-out from 1 on, not "
                    + version + " and " + timeoutMillis + " ms");
        }
        requireSteps(name, stages);
    }

    private static void requireSteps(String name, List<List<StepRule>> stages) {
        Set<String> names = new TreeSet<>();
        int steps = 0;
        for (List<StepRule> stage : stages) {
            if (stage.isEmpty()) {
                throw new IllegalArgumentException("saga " + name + " has a stage without a step");
            }
            for (StepRule step : stage) {
                steps++;
                names.add(step.name());
            }
        }
        if (steps < 1 || steps > STEPS_MAX || names.size() < steps) {
            throw new IllegalArgumentException("saga " + name + " has 1 to " + STEPS_MAX
                    + " steps, each with a name of its own, not " + steps + " with " + names.size() + " names");
        }
    }

    /** The names of the steps, stage by stage. */
    public List<List<String>> shape() {
        List<List<String>> shape = new ArrayList<>();
        for (List<StepRule> stage : stages) {
            shape.add(stage.stream().map(StepRule::name).toList());
        }
        return List.copyOf(shape);
    }

    public StepRule rule(String step) {
        return stages.stream()
                .flatMap(List::stream)
                .filter(rule -> rule.name().equals(step))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("saga " + name + " has no step " + step));
    }
}
