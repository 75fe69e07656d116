package dev.assent.coordination.server.ordering;

import dev.assent.coordination.server.ordering.ServerMessage.Ask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This server's clients' orders that are not yet answered, in the order in which they came.
 *
 * <p>Request numbers start at a random point, so that a transaction which answers a request of this server's previous
 * life is not taken for an answer to one of this. Its size is bounded by what each connection may have under way.
 */
final class Ledger {
    private final Map<Long, Submission> unsettled = new LinkedHashMap<>();
    private long last;

    Ledger(long randomStart) {
        this.last = randomStart;
    }

    Ask enter(Submission submission) {
        long request = ++last;
        unsettled.put(request, submission);
        return new Ask(request, submission.order());
    }

    /** A number for a question of the server's own. */
    long next() {
        return ++last;
    }

    /** Takes an order out, if it is there. */
    Optional<Submission> settle(long request) {
        return Optional.ofNullable(unsettled.remove(request));
    }

    /** What the next leader has to be asked. */
    List<Ask> asks() {
        List<Ask> asks = new ArrayList<>(unsettled.size());
        unsettled.forEach((request, submission) -> asks.add(new Ask(request, submission.order())));
        return asks;
    }

    /** Nobody is asked any more what was not asked yet for a connection that is gone. */
    void dropDisconnected() {
        unsettled.values().removeIf(submission -> !submission.client().isConnected());
    }

    int size() {
        return unsettled.size();
    }

    void clear() {
        unsettled.clear();
    }
}
