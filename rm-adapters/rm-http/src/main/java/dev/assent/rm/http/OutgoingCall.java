package dev.assent.rm.http;

import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** One request that takes a transaction along, until its answer is there. Not bound to a thread. */
public final class OutgoingCall {
    private static final int FAILURES_FROM = 400;

    private final Transaction transaction;
    private final String token;
    private final URI target;

    OutgoingCall(Transaction transaction, String token, URI target) {
        this.transaction = transaction;
        this.token = token;
        this.target = target;
    }

    /** The header's value. */
    public String token() {
        return token;
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
