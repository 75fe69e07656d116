package dev.assent.rm.jta;

import org.jspecify.annotations.Nullable;

/** Jakarta Transactions' exceptions have no constructor that takes a cause. */
final class Failures {
    private Failures() {}

    static <T extends Exception> T caused(T failure, @Nullable Throwable cause) {
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
