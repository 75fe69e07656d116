package dev.assent.tx.remote.host;

import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.spi.ResourceCatalog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The names that one agent has brought, and whether each stands for the agent's resource. Thread-safe. */
final class LinkNames {

    /** What is known of one name. */
    sealed interface NameState {

        /** The agent does not know itself which resource it is. */
        record Untold(String why) implements NameState {}

        /** Nothing is against it yet, but it was not compared. */
        record Unclaimed(Optional<ResourceIdentity> identity, String why) implements NameState {}

        /** The name stands for the agent's resource, or that cannot tell. */
        record Agreed(Optional<ResourceIdentity> identity) implements NameState {}

        /** It stands for another resource. */
        record Refused(Optional<ResourceIdentity> identity, String why) implements NameState {}
    }

    /** What the agent's resource says it is; empty when it cannot tell. */
    record Told(Optional<ResourceIdentity> identity) {}

    private final Map<String, NameState> states = new LinkedHashMap<>();

    /** Takes note of all that the agent brings now; what was known of the same name and identity stays known. */
    synchronized void bring(Map<String, NameState> brought) {
        Map<String, NameState> before = new LinkedHashMap<>(states);
        states.clear();
        brought.forEach((name, state) -> {
            NameState known = before.get(name);
            boolean isSame =
                    known != null && toldIn(state).isPresent() && toldIn(known).equals(toldIn(state));
            states.put(name, isSame ? known : state);
        });
    }

    /** What was told; empty when nothing was. */
    static Optional<Told> toldIn(NameState state) {
        if (state instanceof NameState.Unclaimed unclaimed) {
            return Optional.of(new Told(unclaimed.identity()));
        }
        if (state instanceof NameState.Agreed agreed) {
            return Optional.of(new Told(agreed.identity()));
        }
        return state instanceof NameState.Refused refused
                ? Optional.of(new Told(refused.identity()))
                : Optional.empty();
    }

    /**
     * What the cluster says to a name and identity.
     *
     * @return whether that is new to this agent
     */
    synchronized boolean settle(String name, Optional<ResourceIdentity> identity, ResourceCatalog.Claim claim) {
        NameState known = states.get(name);
        if (known == null || !toldIn(known).equals(Optional.of(new Told(identity)))) {
            return false; // the agent has brought another meanwhile
        }
        NameState next = claim instanceof ResourceCatalog.Claim.Refused refused
                ? new NameState.Refused(identity, refused.why())
                : new NameState.Agreed(identity);
        states.put(name, next);
        return !next.equals(known);
    }

    /** Nothing could be learnt: for whoever asks why. */
    synchronized void delayed(String name, Optional<ResourceIdentity> identity, String why) {
        states.computeIfPresent(
                name,
                (same, known) -> known instanceof NameState.Unclaimed unclaimed
                                && unclaimed.identity().equals(identity)
                        ? new NameState.Unclaimed(identity, why)
                        : known);
    }

    synchronized Optional<NameState> state(String name) {
        return Optional.ofNullable(states.get(name));
    }

    synchronized Map<String, NameState> all() {
        return new LinkedHashMap<>(states);
    }

    /** Whether what the agent says of that name may be believed, and branches there told to end. */
    boolean isAgreed(String name) {
        return state(name).filter(NameState.Agreed.class::isInstance).isPresent();
    }

    /** The same for a resource that says that it is this one. */
    boolean isAgreed(String name, Optional<ResourceIdentity> identity) {
        return state(name).equals(Optional.of(new NameState.Agreed(identity)));
    }
}
