package dev.assent.rm.tcc;

/** A local transaction did not end as it should. */
final class LocalFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveCommitted;

    /** @param mayHaveCommitted whether its commit was on the way; else nothing was done */
    LocalFailure(boolean mayHaveCommitted, Throwable cause) {
        super(String.valueOf(cause.getMessage() == null ? cause : cause.getMessage()), cause);
        this.mayHaveCommitted = mayHaveCommitted;
    }

    boolean mayHaveCommitted() {
        return mayHaveCommitted;
    }
}
