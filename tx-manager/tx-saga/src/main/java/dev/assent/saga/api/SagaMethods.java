package dev.assent.saga.api;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a definition of an object whose class says {@link Saga} and whose methods say {@link SagaStep}. Within a stage steps
 * are in the order of their names, so that every process has the same shape.
 */
public final class SagaMethods {
    private SagaMethods() {}

    /**
     * The definition. Methods are called on {@code steps}, by several threads.
     *
     * @throws IllegalArgumentException the class or a method is not as it must be; the message names it and the remedy
     */
    public static <I> SagaDefinition<I> definition(Object steps, InputText<I> text) {
        Saga saga = steps.getClass().getAnnotation(Saga.class);
        if (saga == null) {
            throw new IllegalArgumentException(steps.getClass().getName() + " is no saga: annotate it with @Saga");
        }
        SagaDefinition.Builder<I> builder =
                SagaDefinition.named(saga.name(), saga.version(), text).within(Duration.ofMillis(saga.withinMillis()));
        stages(steps.getClass())
                .values()
                .forEach(methods -> builder.together(stage -> {
                    for (Method method : methods) {
                        add(stage, steps, method);
                    }
                }));
        return builder.build();
    }

    private static SortedMap<Integer, List<Method>> stages(Class<?> type) {
        SortedMap<Integer, List<Method>> stages = new TreeMap<>();
        for (Method method : type.getDeclaredMethods()) {
            SagaStep step = method.getAnnotation(SagaStep.class);
            if (step != null) {
                stages.computeIfAbsent(step.stage(), first -> new ArrayList<>()).add(method);
            }
        }
        stages.values().forEach(methods -> methods.sort(Comparator.comparing(SagaMethods::nameOf)));
        return stages;
    }

    private static String nameOf(Method method) {
        SagaStep step = method.getAnnotation(SagaStep.class);
        return step == null || step.name().isEmpty() ? method.getName() : step.name();
    }

    private static <I> void add(SagaDefinition.Stage<I> stage, Object steps, Method method) {
        SagaStep step = method.getAnnotation(SagaStep.class);
        if (method.getReturnType() != String.class && method.getReturnType() != void.class) {
            throw new IllegalArgumentException(method + " is a step, so it returns a String or nothing");
        }
        requireContext(method);
        StepAction<I> action = context -> {
            Object result = invoke(steps, method, context);
            return result == null ? "" : (String) result;
        };
        StepOptions options =
                StepOptions.DEFAULT.withAttempts(step.attempts()).withTimeout(Duration.ofMillis(step.timeoutMillis()));
        if (step.compensation().isEmpty()) {
            stage.step(nameOf(method), action, options);
            return;
        }
        Method undo = compensation(steps.getClass(), method, step.compensation());
        stage.step(
                nameOf(method),
                action,
                context -> {
                    Object unused = invoke(steps, undo, context);
                },
                options);
    }

    private static Method compensation(Class<?> type, Method action, String name) {
        try {
            Method undo = type.getDeclaredMethod(name, StepContext.class);
            requireContext(undo);
            return undo;
        } catch (NoSuchMethodException missing) {
            throw new IllegalArgumentException(
                    action + " is compensated by " + name + ", and " + type.getName()
                            + " has no method of that name that takes a StepContext; write one",
                    missing);
        }
    }

    private static void requireContext(Method method) {
        if (method.getParameterCount() != 1 || method.getParameterTypes()[0] != StepContext.class) {
            throw new IllegalArgumentException(
                    method + " belongs to a step, so it takes a StepContext and nothing else");
        }
        method.setAccessible(true);
    }

    /** What the method throws is thrown. */
    private static @Nullable Object invoke(Object steps, Method method, StepContext<?> context) throws Exception {
        try {
            return method.invoke(steps, context);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Exception reason) {
                throw reason;
            }
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw thrown;
        }
    }
}
