package dev.assent.rm.jta;

import jakarta.transaction.SystemException;

/**
 * The transaction ended, and how is not known yet: everywhere committed or everywhere rolled back. Do not repeat its
 * work before {@link AssentTransactions#outcome} has told, which may be asked at any later time, from any process of
 * the same cluster, with {@link #token}.
 */
public final class OutcomeUnknownException extends SystemException {
    private static final long serialVersionUID = 1L;

    private final String transactionId;
    private final String token;

    OutcomeUnknownException(String transactionId, String token, String cause) {
        super("the outcome of transaction " + transactionId + " is not known yet: " + cause
                + ". It is either committed or rolled back everywhere; do not repeat the work before asking"
                + " outcome(token).");
        this.transactionId = transactionId;
        this.token = token;
    }

    /** The gtrid in hexadecimal, for logs. */
    public String transactionId() {
        return transactionId;
    }

    /** To ask {@link AssentTransactions#outcome} with. It is not in the message: keep it out of logs. */
    public String token() {
        return token;
    }
}
