package dev.assent.saga.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A class whose methods are the steps of a saga; {@link SagaMethods} makes a definition of an object of it. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Saga {
    String name();

    /** Another one whenever the steps change. */
    int version();

    /** After which a saga that is not completed turns back. */
    long withinMillis() default 10 * 60 * 1000;
}
