package dev.assent.rm.http;

/**
 * A request was to go out inside a transaction, to a host of which nobody has said whether it takes part. It was not
 * sent: the host would have worked on its own, whatever becomes of the transaction.
 */
public final class UnlistedHostException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    UnlistedHostException(String host, Object transaction) {
        super("the request to " + host + " was not sent: it would go out without " + transaction + ", because "
                + host + " is neither allowed nor excluded. If it takes part in transactions, allow it:"
                + " assent.http.allowed-hosts=" + host + " (without Spring Boot, TargetHosts.loopbackAnd). If its"
                + " work shall last even when the transaction rolls back, exclude it: assent.http.excluded-hosts="
                + host + " (TargetHosts.excluding)");
    }
}
