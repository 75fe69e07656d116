package dev.assent.rm.spring;

import dev.assent.rm.jta.OutcomeUnknownException;
import org.springframework.transaction.TransactionSystemException;

/**
 * What {@code @Transactional} throws when the transaction has ended and nobody knows yet how: everywhere committed or
 * everywhere rolled back. Do not repeat its work before {@code AssentTransactions.outcome} has told, which may be
 * asked at any later time, from any process of the same cluster, with {@link #token}.
 */
public final class TransactionOutcomeUnknownException extends TransactionSystemException {
    private static final long serialVersionUID = 1L;

    private final String transactionId;
    private final String token;

    TransactionOutcomeUnknownException(OutcomeUnknownException unknown) {
        super(String.valueOf(unknown.getMessage()), unknown);
        this.transactionId = unknown.transactionId();
        this.token = unknown.token();
    }

    /** The gtrid in hexadecimal, for logs. */
    public String transactionId() {
        return transactionId;
    }

    /** To ask {@code AssentTransactions.outcome} with. It is not in the message: keep it out of logs. */
    public String token() {
        return token;
    }
}
