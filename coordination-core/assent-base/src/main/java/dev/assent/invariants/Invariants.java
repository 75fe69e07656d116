package dev.assent.invariants;

import com.google.errorprone.annotations.FormatMethod;
import org.jspecify.annotations.Nullable;

/** Checks that are always on. A broken invariant is a bug of ours. */
public final class Invariants {
    private Invariants() {}

    /** Thrown when the program contradicts its own rules; caught at one boundary only, by whoever runs the machine that found it. */
    public static final class Violation extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /** Throws unless {@code holds}. */
    public static void check(boolean holds, String rule) {
        if (!holds) {
            throw new Violation(rule);
        }
    }

    /** Throws unless {@code holds}; {@code rule} is a {@link String#format} pattern for {@code values}. */
    @FormatMethod
    public static void check(boolean holds, String rule, Object... values) {
        if (!holds) {
            throw new Violation(String.format(rule, values));
        }
    }

    /** Throws unless there is a {@code value}; {@code rule} is a pattern for {@code values}. */
    @FormatMethod
    public static <T> T present(@Nullable T value, String rule, Object... values) {
        if (value == null) {
            throw new Violation(String.format(rule, values));
        }
        return value;
    }
}
