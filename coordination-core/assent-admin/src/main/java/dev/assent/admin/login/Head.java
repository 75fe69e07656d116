package dev.assent.admin.login;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a request says of itself before its body.
 *
 * @param host as its header names it
 * @param origin of the page that sent it, as a browser says; {@code fetchSite} likewise
 * @param authorization all headers of that name
 */
public record Head(
        String method,
        Area area,
        InetAddress from,
        Optional<String> host,
        Optional<String> origin,
        Optional<String> fetchSite,
        List<String> authorization,
        Optional<String> contentType) {
    public Head {
        authorization = List.copyOf(authorization);
    }

    /** What is asked for. */
    public enum Area {
        /** Whether the process lives, and the page: nothing that is secret. */
        OPEN,
        /** What the process knows. */
        KNOWLEDGE,
        /** To have something done. */
        ACTION
    }
}
