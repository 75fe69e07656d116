package dev.assent.rm.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that tries: called inside a transaction it becomes a branch of it, in a local transaction of its own
 * that has committed when it returns. Later, and perhaps in another process, {@link #confirm} or {@link #cancel} is called
 * with the same arguments, once that took effect.
 *
 * <p>All three work over JDBC, through Spring, on the data source of the {@link dev.assent.rm.tcc.TccResource} bean: what
 * they do elsewhere is not of the branch. Wrong signatures stop the start.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface TwoPhaseParticipant {

    /** In the database's rows, so it stays when methods are renamed: 1 to 64 of [A-Za-z0-9._-], once in a resource. */
    String name();

    /** The method of the same class, with the same parameters and without a result, that makes the try's work last. */
    String confirm();

    /** The one that takes it back; never called for a try that did not commit. */
    String cancel();

    /** The name of the {@code TccResource}, if there are several. */
    String resource() default "";
}
