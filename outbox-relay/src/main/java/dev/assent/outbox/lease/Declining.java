package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardId;
import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The shards that this instance leaves to the others for a while, because it cannot do their work. Safe for use by many
 * threads; what it tells the store is told by the lease thread.
 */
final class Declining {
    /** How long a shard that was offered to others is left to them. */
    private static final Duration DECLINED = Duration.ofSeconds(30);

    private final String instance;
    private final Object lock = new Object();
    /** Each until a time of {@link System#nanoTime}. Guarded by {@link #lock}. */
    private final SortedMap<ShardId, Long> untilNanos = new TreeMap<>();
    /** The members at the last look, with what they decline. Guarded by {@link #lock}. */
    private SortedMap<String, SortedSet<ShardId>> lastSeen = new TreeMap<>();
    /** What the members' node of this instance says. Used by the lease thread only. */
    private SortedSet<ShardId> told = new TreeSet<>();
    /** The session that the node belongs to. Used by the lease thread only. */
    private long toldSession;

    Declining(String instance) {
        this.instance = instance;
    }

    /** What the members decline, as the store has it; nobody is known while the session is lost. */
    void seen(SortedMap<String, SortedSet<ShardId>> members) {
        synchronized (lock) {
            lastSeen = new TreeMap<>(members);
        }
    }

    /** Whether another member may take {@code shard}; if so, this one declines it from now on. */
    boolean offer(ShardId shard) {
        synchronized (lock) {
            boolean anotherMay = lastSeen.entrySet().stream()
                    .anyMatch(member -> !member.getKey().equals(instance)
                            && !member.getValue().contains(shard));
            if (anotherMay) {
                untilNanos.put(shard, System.nanoTime() + DECLINED.toNanos());
            }
            return anotherMay;
        }
    }

    /** Has the members' node say what is declined now. */
    void tell(LeaseNodes nodes, long session) throws IOException {
        SortedSet<ShardId> declined;
        synchronized (lock) {
            long now = System.nanoTime();
            untilNanos.values().removeIf(until -> until - now <= 0);
            declined = new TreeSet<>(untilNanos.keySet());
        }
        // A new session has a new node, which declines nothing.
        SortedSet<ShardId> before = session == toldSession ? told : new TreeSet<>();
        if (!declined.equals(before)) {
            nodes.decline(instance, declined);
        }
        told = declined;
        toldSession = session;
    }
}
