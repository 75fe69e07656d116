package dev.assent.coordination.zab;

import java.util.List;

/**
 * One atomic reaction of a peer to one input.
 *
 * <p>The shell starts the writes, then sends, then delivers. No send and no delivery of a turn relies on a write of
 * the same turn: what must follow a durable write comes out of the turn that answers its {@link Input.Written}. So
 * a leader's own fsync overlaps its followers', and acknowledging too early cannot be a matter of timing.
 */
public record Turn(List<Write> writes, List<Send> sends, List<Delivery> deliveries) {
    /** Nothing to do. */
    public static final Turn NOTHING = new Turn(List.of(), List.of(), List.of());

    public Turn {
        writes = List.copyOf(writes);
        sends = List.copyOf(sends);
        deliveries = List.copyOf(deliveries);
    }
}
