package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import java.util.TreeMap;
import java.util.TreeSet;

/** The incarnations of coordinators, as the store keeps them; nothing else of a transaction is in the store. */
final class SimEpochs {
    private final TreeMap<Long, Integer> epochs = new TreeMap<>();
    private final TreeSet<Long> alive = new TreeSet<>();
    private long highest;
    private PointTrace trace = new PointTrace();

    void traceTo(PointTrace shared) {
        trace = shared;
    }

    EpochRef allot() {
        highest++;
        epochs.put(highest, 0);
        alive.add(highest);
        return new EpochRef(new EpochKey(Authority.EMBEDDED_2PC, 0, highest), 0);
    }

    void sessionEnds(EpochRef epoch) {
        alive.remove(epoch.key().incarnation());
    }

    boolean isAlive(EpochRef epoch) {
        return alive.contains(epoch.key().incarnation());
    }

    void fence(long incarnation) {
        if (epochs.getOrDefault(incarnation, 1) == 0) {
            trace.effect("fence");
        }
        epochs.computeIfPresent(incarnation, (key, version) -> 1);
    }

    void retire(long incarnation) {
        epochs.remove(incarnation);
    }

    EpochCensus census() {
        return new EpochCensus(highest, epochs, alive, new TreeMap<>());
    }

    boolean isFenced(GlobalTxId transaction) {
        return census().isFenced(EpochRef.of(transaction));
    }
}
