package dev.assent.coordination.zab;

import java.util.List;

/** One member of the ensemble. One thread, or one at a time. */
public final class ZabPeer {

    public ZabPeer(ZabConfig config, Recovered recovered) {}

    /**
     * Reacts to one input. Time starts with the first {@link Input.Ticked}; before it only links are noted.
     *
     * @throws dev.assent.coordination.model.Invariants.Violation if the peer contradicts itself; it must not be used
     *     any more then, and the node must stop
     */
    public Turn step(Input input) {
        return new Turn(List.of(), List.of(), List.of());
    }

    /** Checks what must hold between any two steps; costs as much as the history is long. */
    public void invariants() {}
}
