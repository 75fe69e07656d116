package dev.assent.coordination.model;

import com.google.errorprone.annotations.FormatMethod;
import org.jspecify.annotations.Nullable;

/** Checks that are always on. A broken invariant is a bug of ours and stops the node that finds it. */
public final class Invariants {
    private Invariants() {}

    /** Thrown when the program contradicts its own rules; caught at the boundary of the node's loop only. */
    public static final class Violation extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /** Stops the node unless {@code holds}. */
    public static void check(boolean holds, String rule) {
        if (!holds) {
            throw new Violation(rule);
        }
    }

    /** Stops the node unless {@code holds}; {@code rule} is a {@link String#format} pattern for {@code values}. */
    @FormatMethod
    public static void check(boolean holds, String rule, Object... values) {
        if (!holds) {
            throw new Violation(String.format(rule, values));
        }
    }

    /** Stops the node unless there is a {@code value}; {@code rule} is a pattern for {@code values}. */
    @FormatMethod
    public static <T> T present(@Nullable T value, String rule, Object... values) {
        if (value == null) {
            throw new Violation(String.format(rule, values));
        }
        return value;
    }
}
