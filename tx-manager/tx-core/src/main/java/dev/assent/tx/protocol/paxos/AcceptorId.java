package dev.assent.tx.protocol.paxos;

import java.util.UUID;

/** Who keeps registers: named by the place where they are durable, so the same after a restart. */
public record AcceptorId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
