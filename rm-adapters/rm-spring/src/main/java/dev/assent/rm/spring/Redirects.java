package dev.assent.rm.spring;

import dev.assent.rm.http.FollowsRedirectsException;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Refuses requests of clients that follow redirects, whatever library they are of: each is tried once, when it is to
 * take its first transaction along, with a redirect of our own ({@link RedirectProbe}). Thread-safe.
 *
 * @param <C> what carries requests: one that differs is another client
 */
final class Redirects<C> {
    private static final String REMEDY = " Make it follow none (with Spring Boot: spring.http.clients.redirects="
            + "dont-follow; with java.net.http: followRedirects(HttpClient.Redirect.NEVER)";

    /** Those that were tried, and follow none. */
    private final Set<C> staying = Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

    private final Map<C, String> following = Collections.synchronizedMap(new WeakHashMap<>());
    private final String trusting;

    /** @param trusting how a user says that a client follows none which cannot be tried */
    Redirects(String trusting) {
        this.trusting = trusting;
    }

    boolean isKnownToStay(Set<C> carriers) {
        return !carriers.isEmpty() && staying.containsAll(carriers);
    }

    /** @throws FollowsRedirectsException none was found, or one of them was seen to follow */
    void check(URI target, Set<C> carriers) {
        if (carriers.isEmpty()) {
            throw unclear(target, "what sends it cannot be found behind its interceptors");
        }
        for (C carrier : carriers) {
            if (following.containsKey(carrier)) {
                throw follows(target, carrier);
            }
        }
    }

    /** Takes note of what the carrier did with a redirect of ours. */
    void tried(URI target, C carrier, RedirectProbe.Seen seen) {
        switch (seen) {
            case STAYED -> staying.add(carrier);
            case FOLLOWED -> {
                following.put(carrier, carrier.getClass().getName());
                throw follows(target, carrier);
            }
            case NOTHING ->
                throw unclear(target, carrier.getClass().getName() + " did not reach this machine's loopback");
        }
    }

    FollowsRedirectsException failed(URI target, IOException failure) {
        return unclear(target, "trying it failed: " + failure);
    }

    private FollowsRedirectsException follows(URI target, C carrier) {
        return new FollowsRedirectsException(
                target,
                "its client (" + carrier.getClass().getName() + ") follows redirects, and would take the transaction's"
                        + " token along to any host." + REMEDY + "), or exclude the host");
    }

    private FollowsRedirectsException unclear(URI target, String why) {
        return new FollowsRedirectsException(
                target,
                "whether its client follows redirects, with the transaction's token, cannot be seen: " + why + "."
                        + REMEDY + "), and give it " + trusting);
    }
}
