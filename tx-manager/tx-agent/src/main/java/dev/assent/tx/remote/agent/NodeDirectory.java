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

    /** Leave to name transactions under a led shard's epoch. */
    record Leave(ClusterId cluster, int shard, long incarnation, int epoch, long grant) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<NodeLink, List<Leading.Shard>> said = new LinkedHashMap<>();
    private final Map<NodeLink, Long> grants = new HashMap<>();
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

    /** What a node said last: the shards it leads, and what names begin with that are made here; 0: none may be. */
    void leads(NodeLink node, List<Leading.Shard> shards, long grant) {
        lock.lock();
        try {
            said.put(node, List.copyOf(shards));
            grants.put(node, grant);
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
            grants.remove(node);
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

    /** Whether a connected node says that it leads the transaction's shard under the very epoch that names it. */
    boolean isLedUnderItsEpoch(GlobalTxId transaction) {
        lock.lock();
        try {
            return latestLeader(transaction.key().shard())
                    .filter(leader -> leader.epoch() == transaction.epoch())
                    .isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** The cluster, once a node has named it; empty when none did in time. */
    Optional<ClusterId> awaitCluster(Duration timeout) throws InterruptedException {
        return await(timeout, () -> Optional.ofNullable(cluster));
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

    /** Leave to begin a transaction on some shard, by turns. */
    Optional<Leave> awaitLeave(Duration timeout) throws InterruptedException {
        return await(timeout, () -> {
            List<Leave> leaves = leaves();
            return leaves.isEmpty()
                    ? Optional.<Leave>empty()
                    : Optional.of(leaves.get(Math.floorMod(turn++, leaves.size())));
        });
    }

    /** Whether the leader of that name's epoch still begins transactions under it. */
    boolean mayBegin(GlobalTxId name) {
        lock.lock();
        try {
            return leaves().stream()
                    .anyMatch(leave -> leave.shard() == name.key().shard()
                            && leave.epoch() == name.epoch()
                            && leave.grant() == name.unique().high());
        } finally {
            lock.unlock();
        }
    }

    private List<Leave> leaves() {
        ClusterId named = cluster;
        List<Leave> leaves = new ArrayList<>();
        said.forEach((node, shards) -> {
            long grant = grants.getOrDefault(node, 0L);
            if (named != null && grant != 0) {
                shards.stream()
                        .filter(shard -> !shard.getClosing() && isLatest(shard))
                        .forEach(shard -> leaves.add(
                                new Leave(named, shard.getShard(), shard.getIncarnation(), shard.getEpoch(), grant)));
            }
        });
        return leaves;
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
