package dev.assent.tx.remote.host;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.Leading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The agents that are attached to this node at the moment. Thread-safe. */
final class Agents {
    private final Map<AgentId, AgentLink> links = new LinkedHashMap<>();
    private final Object telling = new Object();

    /** Adds a link; an older one of the same agent is closed, since the agent has left it. */
    void attach(AgentLink link) {
        AgentLink older;
        synchronized (this) {
            older = links.remove(link.agent());
            links.put(link.agent(), link); // as the newest
        }
        if (older != null) {
            older.close();
        }
    }

    void detach(AgentLink link) {
        synchronized (this) {
            links.remove(link.agent(), link);
        }
        link.close();
    }

    synchronized Optional<AgentLink> find(AgentId agent) {
        return Optional.ofNullable(links.get(agent));
    }

    /** Some agent that reaches the resource manager of that name, and no other under it; the newest that answers, as it is the likeliest to be alive. */
    synchronized Optional<AgentLink> serving(String resourceManager) {
        return speaking(resourceManager, null).or(() -> newest(resourceManager));
    }

    private Optional<AgentLink> newest(String resourceManager) {
        AgentLink newest = null;
        for (AgentLink link : links.values()) {
            if (link.names().isAgreed(resourceManager)) {
                newest = link;
            }
        }
        return Optional.ofNullable(newest);
    }

    /** The newest agent, but {@code not} that one, which can reach the resource manager and owes no answer for long. */
    synchronized Optional<AgentLink> speaking(String resourceManager, @Nullable AgentLink not) {
        AgentLink newest = null;
        for (AgentLink link : links.values()) {
            if (link != not && link.names().isAgreed(resourceManager) && !link.isSilent()) {
                newest = link;
            }
        }
        return Optional.ofNullable(newest);
    }

    /** Why there is no agent to reach the resource manager of that name by. */
    synchronized String whyNobodyServes(String resourceManager) {
        for (AgentLink link : links.values()) {
            LinkNames.NameState state = link.names().state(resourceManager).orElse(null);
            if (state instanceof LinkNames.NameState.Refused refused) {
                return link + " has another resource under the name " + resourceManager + ": " + refused.why();
            }
        }
        return "no service that reaches " + resourceManager + " is connected";
    }

    /** Those that keep an acceptor's log. */
    synchronized List<AcceptorLists.Witness> acceptors() {
        return links.values().stream()
                .flatMap(link ->
                        link.acceptor().stream().map(acceptor -> new AcceptorLists.Witness(link.service(), acceptor)))
                .toList();
    }

    synchronized List<AgentLink> all() {
        return new ArrayList<>(links.values());
    }

    /** Tells all of them what {@code leading} says now; one telling at a time, so that the last told is the latest. */
    void tellLeading(Supplier<Leading> leading) {
        synchronized (telling) {
            Leading now = leading.get();
            all().forEach(link -> link.leading(now));
        }
    }

    void tellLeading(AgentLink link, Supplier<Leading> leading) {
        synchronized (telling) {
            link.leading(leading.get());
        }
    }

    /** Whether one of them may still speak of a transaction that it has named under that epoch. */
    boolean mayNameMore(EpochRef epoch) {
        return all().stream().anyMatch(link -> link.mayNameMore(epoch));
    }

    void tellEnded(Iterable<AgentId> concerned, Ended ended) {
        for (AgentId agent : concerned) {
            find(agent).ifPresent(link -> link.ended(ended));
        }
    }

    void closeAll() {
        all().forEach(link -> {
            link.complete();
            detach(link);
        });
    }
}
