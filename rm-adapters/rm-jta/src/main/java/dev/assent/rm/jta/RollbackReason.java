package dev.assent.rm.jta;

import jakarta.transaction.RollbackException;
import org.jspecify.annotations.Nullable;

/** Why a transaction can only roll back, as its commit will tell. Not thread-safe; the transaction guards it. */
final class RollbackReason {
    private static final String BARE = "marked rollback-only";

    private String text = BARE;
    private @Nullable Throwable cause;
    private @Nullable String earlierFailure;

    /** The reason by which the transaction was marked. */
    void set(String reason, @Nullable Throwable why) {
        text = reason;
        cause = why;
    }

    /** Marked by an application that gives no reason. */
    void setBare() {
        set(BARE, null);
    }

    /** Something that failed in the transaction before; the reason when the application gives none of its own. */
    void note(String failure) {
        earlierFailure = failure;
    }

    boolean hasCause() {
        return cause != null;
    }

    String text() {
        return text.equals(BARE) ? text + afterFailure() : text;
    }

    /** For a rollback that the application asks for. */
    String ofApplication() {
        return "rolled back by the application" + afterFailure();
    }

    private String afterFailure() {
        return earlierFailure == null ? "" : ", after this had failed in it: " + earlierFailure;
    }

    RollbackException exception(String id, String consequence) {
        return Failures.caused(
                new RollbackException("transaction " + id + ": " + consequence + ", because it was " + text()), cause);
    }
}
