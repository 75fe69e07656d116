package dev.assent.tx.remote.agent;

import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.wire.Leading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which node leads which shard, as far as the nodes have said. Thread-safe.
 *
 * <p>Two nodes may claim one shard for a moment; the higher epoch is the later leader. A wrong entry costs a refused
 * call, never an outcome.
 */
final class NodeDirectory {
    /** One node's claim. */
    private record Leader(NodeLink node, int epoch) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<NodeLink, List<Leading.Shard>> said = new LinkedHashMap<>();
    private final Map<Integer, Integer> epochs = new HashMap<>();
    private @Nullable ClusterId cluster;
    private int turn;
    private long changes;
    private boolean closed;

    /** Notes the cluster; false if this agent already belongs to another one. */
    boolean belongsTo(ClusterId claimed) {
        lock.lock();
        try {
            if (cluster == null) {
                cluster = claimed;
                announceChange();
            }
            return cluster.equals(claimed);
        } finally {
            lock.unlock();
        }
    }

    void leads(NodeLink node, List<Leading.Shard> shards) {
        lock.lock();
        try {
            said.put(node, List.copyOf(shards));
            shards.forEach(shard -> epochs.merge(shard.getShard(), shard.getEpoch(), Math::max));
            announceChange();
        } finally {
            lock.unlock();
        }
    }

    void lost(NodeLink node) {
        lock.lock();
        try {
            said.remove(node);
            announceChange();
        } finally {
            lock.unlock();
        }
    }

    /** From now on nobody waits for anything here. */
    void close() {
        lock.lock();
        try {
            closed = true;
            announceChange();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a later epoch of the transaction's shard was announced, so that COMMIT cannot be decided any more. */
    boolean isFenced(GlobalTxId transaction) {
        lock.lock();
        try {
            return epochs.getOrDefault(transaction.key().shard(), 0) > transaction.epoch();
        } finally {
            lock.unlock();
        }
    }

    /** The cluster, once a node has named it; empty when none did in time. */
    Optional<ClusterId> awaitCluster(Duration timeout) throws InterruptedException {
        return await(timeout, () -> Optional.ofNullable(cluster));
    }

    /** Some node to begin at: each has its turns, as many as it has shards. */
    Optional<NodeLink> awaitLeader(Duration timeout) throws InterruptedException {
        return await(timeout, () -> {
            List<NodeLink> leaders = new ArrayList<>();
            said.forEach((node, shards) -> {
                for (Leading.Shard shard : shards) {
                    if (!shard.getClosing() && isLatest(shard)) {
                        leaders.add(node);
                    }
                }
            });
            return leaders.isEmpty()
                    ? Optional.<NodeLink>empty()
                    : Optional.of(leaders.get(Math.floorMod(turn++, leaders.size())));
        });
    }

    /** Whether others have been announced as leaders of all that this node said it leads; not of who led nothing. */
    boolean isReplaced(NodeLink node) {
        lock.lock();
        try {
            List<Leading.Shard> claims = said.getOrDefault(node, List.of());
            return !claims.isEmpty() && claims.stream().noneMatch(this::isLatest);
        } finally {
            lock.unlock();
        }
    }

    private boolean isLatest(Leading.Shard claim) {
        return claim.getEpoch() >= epochs.getOrDefault(claim.getShard(), 0);
    }

    /** Changes with each change, for {@link #awaitChange}. */
    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** The leader of a transaction's shard. */
    Optional<NodeLink> awaitLeaderOf(GlobalTxId transaction, Duration timeout) throws InterruptedException {
        return await(timeout, () -> latestLeader(transaction.key().shard()).map(Leader::node));
    }

    /** The same as it is known now. */
    Optional<NodeLink> leaderOf(GlobalTxId transaction) {
        lock.lock();
        try {
            return latestLeader(transaction.key().shard()).map(Leader::node);
        } finally {
            lock.unlock();
        }
    }

    /** A node that is connected, whatever it leads. */
    Optional<NodeLink> any() {
        lock.lock();
        try {
            return said.keySet().stream().findFirst();
        } finally {
            lock.unlock();
        }
    }

    /** What each connected node says it leads, by shard with the epoch. */
    Map<NodeLink, Map<Integer, Integer>> leading() {
        lock.lock();
        try {
            Map<NodeLink, Map<Integer, Integer>> leading = new LinkedHashMap<>();
            said.forEach((node, shards) -> {
                Map<Integer, Integer> epochsLed = new TreeMap<>();
                shards.forEach(shard -> epochsLed.put(shard.getShard(), shard.getEpoch()));
                leading.put(node, epochsLed);
            });
            return leading;
        } finally {
            lock.unlock();
        }
    }

    /** The cluster, if a node has named it. */
    Optional<ClusterId> cluster() {
        lock.lock();
        try {
            return Optional.ofNullable(cluster);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the directory has changed since {@link #changes} said {@code seen}, or {@code timeout} is over. */
    void awaitChange(long seen, Duration timeout) throws InterruptedException {
        Optional<Long> unused = await(timeout, () -> changes == seen ? Optional.empty() : Optional.of(changes));
    }

    private Optional<Leader> latestLeader(int shard) {
        Leader latest = null;
        for (Map.Entry<NodeLink, List<Leading.Shard>> entry : said.entrySet()) {
            for (Leading.Shard claim : entry.getValue()) {
                if (claim.getShard() == shard
                        && isLatest(claim)
                        && (latest == null || claim.getEpoch() > latest.epoch())) {
                    latest = new Leader(entry.getKey(), claim.getEpoch());
                }
            }
        }
        return Optional.ofNullable(latest);
    }

    private void announceChange() {
        changes++;
        changed.signalAll();
    }

    private <T> Optional<T> await(Duration timeout, Supplier<Optional<T>> condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeout.toMillis());
            while (true) {
                Optional<T> met = condition.get();
                if (met.isPresent() || leftNanos <= 0 || closed) {
                    return met;
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
