package dev.assent.tx.remote.host;

import dev.assent.tx.api.TransactionServiceException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service is told of a request that failed: INVALID_ARGUMENT a field is no value of ours; PERMISSION_DENIED
 * another cluster's transaction; ABORTED not now, not here; NOT_FOUND the transaction does not live here (ended, or its
 * coordinator was replaced): ask for its outcome; FAILED_PRECONDITION it can only roll back; RESOURCE_EXHAUSTED too many
 * at once; INTERNAL a fault of ours.
 */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private Refusals() {}

    static StatusRuntimeException of(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (cause instanceof NotBegun && cause.getCause() != null) {
            return of(cause.getCause());
        }
        if (cause instanceof StatusRuntimeException refused) {
            return refused;
        }
        if (cause instanceof TransactionServiceException refused) {
            Status status = refused.isRetrySafe() ? Status.ABORTED : Status.FAILED_PRECONDITION;
            return HostedTransactions.refusal(status, String.valueOf(refused.getMessage()));
        }
        if (cause instanceof IllegalArgumentException malformed) {
            return HostedTransactions.refusal(Status.INVALID_ARGUMENT, String.valueOf(malformed.getMessage()));
        }
        LOG.error("a service's call failed", cause);
        return HostedTransactions.refusal(Status.INTERNAL, "internal error: " + cause);
    }
}
