package dev.assent.tx.api;

/** The transaction service could not do what was asked, and nothing was changed; the message names the remedy. */
public final class TransactionServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean retrySafe;

    /** @param retrySafe whether the same call may succeed later without doing anything twice */
    public TransactionServiceException(String message, boolean retrySafe) {
        super(message);
        this.retrySafe = retrySafe;
    }

    /** @param retrySafe whether the same call may succeed later without doing anything twice */
    public TransactionServiceException(String message, boolean retrySafe, Throwable cause) {
        super(message, cause);
        this.retrySafe = retrySafe;
    }

    public boolean isRetrySafe() {
        return retrySafe;
    }
}
