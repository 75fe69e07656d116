package dev.assent.rm.http;

import java.net.URI;

/**
 * A request was to take a transaction along through a client that follows redirects, or of which nobody can tell: any
 * host that the called one names would get the token. It was not sent.
 */
public final class FollowsRedirectsException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** @param why what the client was seen to do, and how to mend it */
    public FollowsRedirectsException(URI target, String why) {
        super("the request to " + OutgoingTransactions.nameOf(target) + " was not sent: " + why);
    }
}
