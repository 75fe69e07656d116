package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this node leads. Whoever takes a shard's role advances its epoch, which fences the leader before it;
 * only then does it begin transactions. Thread-safe.
 *
 * <p>Two nodes may believe they lead for a moment: the older one's COMMITs fail their epoch check.
 */
final class ElectedShards implements HeldEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(ElectedShards.class);
    private static final long CANDIDATE_MILLIS = 1_000;

    private final TransactionEngine.EpochSource.Surroundings around;
    private final String node;
    private final int shards;
    private final SortedMap<Integer, EpochRef> led = new TreeMap<>();
    private final Runnable listener;
    private final Object election = new Object();
    private final AtomicBoolean asked = new AtomicBoolean();
    private int turn;
    private boolean resigned;

    ElectedShards(TransactionEngine.EpochSource.Surroundings around, String node, int shards, Runnable listener)
            throws IOException {
        this.around = around;
        this.node = node;
        this.shards = shards;
        this.listener = listener;
        around.store().epochs().prepareShards(shards);
        around.store().leadership().onChange(this::standSoon);
        around.workers().every(CANDIDATE_MILLIS, this::standSoon);
        standSoon();
    }

    private void standSoon() {
        if (asked.compareAndSet(false, true) && !around.workers().epochs().execute(this::stand)) {
            asked.set(false);
        }
    }

    /** Stands for every shard; one election at a time, so that listeners see the changes in order. */
    private void stand() {
        asked.set(false);
        synchronized (election) {
            boolean changed = false;
            try {
                around.store().leadership().watch();
                for (int shard = 0; shard < shards && !hasResigned(); shard++) {
                    changed |= standFor(shard);
                }
            } catch (IOException away) {
                LOG.info("the store is away, so no shard can be taken: {}", away.getMessage());
            }
            if (changed) {
                listener.run();
                around.recover().run();
            }
        }
    }

    private boolean standFor(int shard) throws IOException {
        boolean elected = around.store().leadership().acquire(role(shard), node);
        if (elected == leads(shard)) {
            return false;
        }
        if (!elected) {
            synchronized (this) {
                return led.remove(shard) != null;
            }
        }
        EpochRef epoch = around.store().epochs().advance(shard);
        synchronized (this) {
            led.put(shard, epoch);
        }
        LOG.info("{} leads shard {} in epoch {}", node, shard, epoch.version());
        return true;
    }

    private synchronized boolean leads(int shard) {
        return led.containsKey(shard);
    }

    private synchronized boolean hasResigned() {
        return resigned;
    }

    static String role(int shard) {
        return "shard-" + shard;
    }

    @Override
    public synchronized Optional<EpochRef> current() {
        if (led.isEmpty()) {
            return Optional.empty();
        }
        List<EpochRef> choice = all();
        return Optional.of(choice.get(Math.floorMod(turn++, choice.size())));
    }

    @Override
    public synchronized List<EpochRef> all() {
        return new ArrayList<>(led.values());
    }

    @Override
    public void sessionLost() {
        drop(() -> led.clear());
    }

    @Override
    public void over(EpochRef epoch) {
        drop(() -> led.remove(epoch.key().shard(), epoch));
    }

    @Override
    public void resign(boolean idle) {
        synchronized (this) {
            resigned = true;
        }
        drop(() -> led.clear());
    }

    private void drop(Runnable change) {
        synchronized (this) {
            change.run();
        }
        if (around.workers().epochs().execute(listener)) {
            standSoon();
        }
    }
}
