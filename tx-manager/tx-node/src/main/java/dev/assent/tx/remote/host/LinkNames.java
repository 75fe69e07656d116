package dev.assent.tx.remote.host;

import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.spi.ResourceCatalog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The names that one agent has brought, and whether each stands for the agent's resource. Thread-safe. */
final class LinkNames {

    /** What is known of one name. */
    sealed interface Standing {

        /** The agent does not know itself which resource it is. */
        record Untold(String why) implements Standing {}

        /** Nothing is against it yet, but it was not compared. */
        record Unclaimed(Optional<ResourceIdentity> identity, String why) implements Standing {}

        /** The name stands for the agent's resource, or that cannot tell. */
        record Agreed(Optional<ResourceIdentity> identity) implements Standing {}

        /** It stands for another resource. */
        record Refused(Optional<ResourceIdentity> identity, String why) implements Standing {}
    }

    /** What the agent's resource says it is; empty when it cannot tell. */
    record Told(Optional<ResourceIdentity> identity) {}

    private final Map<String, Standing> standings = new LinkedHashMap<>();

    /** Takes note of all that the agent brings now; what was known of the same name and identity stays known. */
    synchronized void bring(Map<String, Standing> brought) {
        Map<String, Standing> before = new LinkedHashMap<>(standings);
        standings.clear();
        brought.forEach((name, standing) -> {
            Standing known = before.get(name);
            boolean isSame = known != null
                    && toldIn(standing).isPresent()
                    && toldIn(known).equals(toldIn(standing));
            standings.put(name, isSame ? known : standing);
        });
    }

    /** What was told; empty when nothing was. */
    static Optional<Told> toldIn(Standing standing) {
        if (standing instanceof Standing.Unclaimed unclaimed) {
            return Optional.of(new Told(unclaimed.identity()));
        }
        if (standing instanceof Standing.Agreed agreed) {
            return Optional.of(new Told(agreed.identity()));
        }
        return standing instanceof Standing.Refused refused
                ? Optional.of(new Told(refused.identity()))
                : Optional.empty();
    }

    /**
     * What the cluster says to a name and identity.
     *
     * @return whether that is new to this agent
     */
    synchronized boolean settle(String name, Optional<ResourceIdentity> identity, ResourceCatalog.Claim claim) {
        Standing known = standings.get(name);
        if (known == null || !toldIn(known).equals(Optional.of(new Told(identity)))) {
            return false; // the agent has brought another meanwhile
        }
        Standing next = claim instanceof ResourceCatalog.Claim.Refused refused
                ? new Standing.Refused(identity, refused.why())
                : new Standing.Agreed(identity);
        standings.put(name, next);
        return !next.equals(known);
    }

    /** Nothing could be learnt: for whoever asks why. */
    synchronized void delayed(String name, Optional<ResourceIdentity> identity, String why) {
        standings.computeIfPresent(
                name,
                (same, known) -> known instanceof Standing.Unclaimed unclaimed
                                && unclaimed.identity().equals(identity)
                        ? new Standing.Unclaimed(identity, why)
                        : known);
    }

    synchronized Optional<Standing> standing(String name) {
        return Optional.ofNullable(standings.get(name));
    }

    synchronized Map<String, Standing> all() {
        return new LinkedHashMap<>(standings);
    }

    /** Whether what the agent says of that name may be believed, and branches there told to end. */
    boolean isAgreed(String name) {
        return standing(name).filter(Standing.Agreed.class::isInstance).isPresent();
    }

    /** The same for a resource that says that it is this one. */
    boolean isAgreed(String name, Optional<ResourceIdentity> identity) {
        return standing(name).equals(Optional.of(new Standing.Agreed(identity)));
    }
}
