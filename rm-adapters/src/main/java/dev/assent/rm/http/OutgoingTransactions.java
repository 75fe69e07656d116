package dev.assent.rm.http;

import dev.assent.rm.jta.AssentTransactions;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Adds the current thread's transaction to outgoing requests. Thread-safe.
 *
 * <p>What the called service answers changes nothing here: if its work failed it has marked the transaction
 * rollback-only itself, and a caller that throws makes its own rollback.
 */
public final class OutgoingTransactions {
    private final AssentTransactions transactions;
    private final Predicate<URI> targets;

    /** Sends the header to the targets that {@code targets} accepts, for instance {@link TargetHosts}. */
    public OutgoingTransactions(AssentTransactions transactions, Predicate<URI> targets) {
        this.transactions = transactions;
        this.targets = targets;
    }

    /** The header's value for a request to {@code target}; empty outside a transaction and for other hosts. */
    public Optional<String> tokenFor(URI target) {
        return targets.test(target) ? transactions.token() : Optional.empty();
    }

    /** For java.net.http: adds the header where it belongs. The builder must have its URI. */
    public HttpRequest.Builder propagate(HttpRequest.Builder request) {
        tokenFor(request.copy().build().uri()).ifPresent(token -> request.setHeader(TransactionHeader.NAME, token));
        return request;
    }
}
