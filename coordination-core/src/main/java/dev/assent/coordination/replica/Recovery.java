package dev.assent.coordination.replica;

import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.coordination.spi.EpochStore;
import dev.assent.coordination.spi.SnapshotStore.Stored;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Recovered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the disk holds when a replica starts: the newest whole snapshot, and the log after it without a gap.
 *
 * @param snapshot empty if the state begins with the first transaction
 */
record Recovery(Recovered recovered, Optional<Stored> snapshot) {

    /**
     * Reads it, and finishes the installation of a snapshot that a crash interrupted.
     *
     * @throws CorruptDataException if snapshot and log do not fit together
     */
    static Recovery of(ReplicaContext disk) throws IOException {
        Optional<Stored> snapshot = newestWhole(disk);
        Zxid start = snapshot.map(Stored::zxid).orElse(Zxid.ZERO);
        Zxid base = disk.log().base();
        if (base.isAfter(start)) {
            throw new CorruptDataException("the log begins after " + base + ", but the newest whole snapshot ends with "
                    + start + ": what is between is lost. Restore a snapshot of " + base
                    + " or later from a backup, or, "
                    + "if all other voting members serve, move this member's data directories away and start it again: "
                    + "it then fetches everything from the leader");
        }
        boolean installing = snapshot.isPresent() && snapshot.get().received() && start.isAfter(base);
        // A log that ends before the snapshot lost transactions in a crash that were committed without this member.
        if (installing || start.isAfter(disk.log().last())) {
            disk.log().restartAfter(start);
        }
        EpochStore.Epochs epochs = disk.epochs().load();
        List<Proposal> log = readAfter(disk, start);
        return new Recovery(new Recovered(epochs.accepted(), epochs.current(), start, log), snapshot);
    }

    private static Optional<Stored> newestWhole(ReplicaContext disk) throws IOException {
        for (Stored stored : disk.snapshots().list()) {
            if (disk.snapshots().verify(stored)) {
                return Optional.of(stored);
            }
        }
        return Optional.empty();
    }

    private static List<Proposal> readAfter(ReplicaContext disk, Zxid start) throws IOException {
        List<Proposal> log = new ArrayList<>();
        boolean startIsLogged = start.isAfter(disk.log().base());
        Zxid from = startIsLogged ? new Zxid(start.value() - 1) : start;
        disk.log().readAfter(from, (zxid, txn) -> log.add(new Proposal(zxid, txn)));
        if (startIsLogged && !log.remove(0).zxid().equals(start)) {
            throw new CorruptDataException("the snapshot of " + start + " is not of this log's history: one of the two "
                    + "was copied from another server. Put the files back together that belong together");
        }
        return log;
    }
}
