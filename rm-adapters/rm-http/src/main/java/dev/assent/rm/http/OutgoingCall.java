package dev.assent.rm.http;

import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request that takes a transaction along, until its answer is there. Not bound to a thread. */
public final class OutgoingCall {
    private static final int FAILURES_FROM = 400;

    private final Transaction transaction;
    private final String token;
    private final URI target;
    private final Optional<String> traceparent;

    OutgoingCall(Transaction transaction, String token, URI target, Optional<String> traceparent) {
        this.transaction = transaction;
        this.token = token;
        this.target = target;
        this.traceparent = traceparent;
    }

    /** The header's value. */
    public String token() {
        return token;
    }

    /**
     * For the header {@link dev.assent.trace.Traceparent#NAME} of a request that has none; empty where nobody makes spans of
     * transactions. A header that another library has put there is more exact, and stays.
     */
    public Optional<String> traceparent() {
        return traceparent;
    }

    /**
     * Looks at the answer. One that tells a failure is the caller's to judge; one that tells success must also say
     * that the work belongs to the transaction.
     *
     * @param said the value of the answer's {@link TransactionHeader#NAME}, if it has one
     * @throws NotJoinedException it tells success and does not say so; the transaction can only roll back
     */
    public void answered(int status, @Nullable String said) {
        if (status >= FAILURES_FROM || TransactionHeader.JOINED.equals(said)) {
            return;
        }
        NotJoinedException failure = new NotJoinedException(OutgoingTransactions.nameOf(target), status, transaction);
        try {
            if (transaction.getStatus() == Status.STATUS_ACTIVE) {
                transaction.setRollbackOnly();
            }
        } catch (SystemException | IllegalStateException e) {
            // It ended meanwhile, as after its deadline; the failure is told all the same.
            failure.addSuppressed(e);
        }
        throw failure;
    }
}
