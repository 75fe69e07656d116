package dev.assent.saga.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An action: a method of a {@link Saga} that takes a {@link StepContext} and returns a {@code String} or nothing. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface SagaStep {
    /** Stages are called in the order of their numbers, the steps of one stage side by side. */
    int stage();

    /** Of the step, in its log and keys; the method's own otherwise. */
    String name() default "";

    /** The method of the same class that undoes it, which takes a {@link StepContext}; none if there is nothing to undo. */
    String compensation() default "";

    int attempts() default 5;

    /** Of one attempt. */
    long timeoutMillis() default 10_000;
}
