package dev.assent.rm.atomikos;

/**
 * The store could not be asked in time whether a decision to commit had been kept. The transaction may have
 * committed: do not repeat its work. The log goes on finding out, and recovery ends the branches accordingly.
 *
 * <p>An {@link Error}, because Atomikos turns every exception of its log into "rolled back", which would not be true.
 */
public final class CommitOutcomeUnknown extends Error {
    private static final long serialVersionUID = 1L;

    private final String transactionId;

    CommitOutcomeUnknown(String transactionId, String cause) {
        super("the outcome of transaction " + transactionId + " is not known yet (" + cause + "): it is settled when"
                + " the coordination store answers again; look at its rows before doing its work a second time");
        this.transactionId = transactionId;
    }

    /** Atomikos' id of the transaction: the gtrid of its branches. */
    public String transactionId() {
        return transactionId;
    }
}
