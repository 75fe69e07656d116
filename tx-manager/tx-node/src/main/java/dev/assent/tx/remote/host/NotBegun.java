package dev.assent.tx.remote.host;

import java.util.concurrent.CompletionException;

/** A request to commit that was refused before anything of it began: it has no effect, now or later. */
final class NotBegun extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotBegun(Throwable why) {
        super(why instanceof CompletionException && why.getCause() != null ? why.getCause() : why);
    }

    /** Whether {@code failed}, or what it wraps, says so. */
    static boolean is(Throwable failed) {
        return failed instanceof NotBegun
                || (failed instanceof CompletionException && failed.getCause() instanceof NotBegun);
    }
}
