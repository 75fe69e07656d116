package dev.assent.coordination.replica;

import dev.assent.coordination.spi.EpochStore;
import dev.assent.coordination.spi.PeerTransport;
import dev.assent.coordination.spi.SnapshotStore;
import dev.assent.coordination.spi.TxnLog;
import dev.assent.time.Clock;

/**
 * What a replica runs on. From {@link Replica#start} on nobody else uses log, epochs and transport; the replica closes
 * the transport, the owner closes the rest after the replica.
 */
public record ReplicaContext(
        Clock clock, PeerTransport transport, TxnLog log, SnapshotStore snapshots, EpochStore epochs) {}
