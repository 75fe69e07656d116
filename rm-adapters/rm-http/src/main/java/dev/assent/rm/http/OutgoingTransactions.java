package dev.assent.rm.http;

import dev.assent.rm.jta.AssentTransactions;
import jakarta.transaction.Transaction;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;

/**
 * Adds the current thread's transaction to outgoing requests, and refuses those that would leave it in silence.
 * Thread-safe.
 *
 * <p>What the called service answers changes nothing here: if its work failed it has marked the transaction
 * rollback-only itself, and a caller that throws makes its own rollback.
 */
public final class OutgoingTransactions {
    private final AssentTransactions transactions;
    private final TargetHosts hosts;

    public OutgoingTransactions(AssentTransactions transactions, TargetHosts hosts) {
        this.transactions = transactions;
        this.hosts = hosts;
    }

    /**
     * A client of java.net.http whose requests take the transaction of the thread that sends them along.
     *
     * @throws IllegalArgumentException {@code client} follows redirects, and would take the header to any host
     */
    public HttpClient over(HttpClient client) {
        return new PropagatingHttpClient(client, this);
    }

    /**
     * For clients of any kind that follow no redirects, which would take the header to any host: the call that a
     * request to {@code target} is, whose token goes into the header and which wants to see the answer; empty outside a
     * transaction and for excluded hosts.
     *
     * @throws UnlistedHostException the thread is in a transaction, and the host is neither allowed nor excluded
     */
    public Optional<OutgoingCall> callTo(URI target) {
        Optional<String> token = transactions.token();
        Transaction transaction = transactions.getTransaction();
        if (token.isEmpty() || transaction == null) {
            return Optional.empty();
        }
        return switch (hosts.ruleFor(target)) {
            case ALLOWED -> Optional.of(new OutgoingCall(transaction, token.get(), target, transactions.trace()));
            case EXCLUDED -> Optional.empty();
            case UNLISTED -> throw new UnlistedHostException(nameOf(target), transaction);
        };
    }

    /** Host and port: the rest of a URI may hold secrets. */
    static String nameOf(URI target) {
        return HostEntry.of(target).map(HostEntry::toString).orElse("a target without a host");
    }
}
