package dev.assent.rm.tcc;

/** A local transaction did not end as it should. */
final class LocalFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveCommitted;
    private final Throwable why;

    /** @param mayHaveCommitted whether its commit was on the way; else nothing was done */
    LocalFailure(boolean mayHaveCommitted, Throwable cause) {
        super(String.valueOf(cause.getMessage() == null ? cause : cause.getMessage()), cause);
        this.mayHaveCommitted = mayHaveCommitted;
        this.why = cause;
    }

    /** As {@link #getCause}, which there always is. */
    Throwable why() {
        return why;
    }

    /** As {@link #getMessage}, which there always is. */
    String told() {
        return String.valueOf(getMessage());
    }

    boolean mayHaveCommitted() {
        return mayHaveCommitted;
    }
}
