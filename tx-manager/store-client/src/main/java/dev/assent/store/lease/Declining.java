package dev.assent.store.lease;

import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The shards that this member leaves to the others for a while, because it cannot do their work. Safe for use by many
 * threads; what it tells the store is told by the lease thread.
 */
final class Declining {
    /** How long a shard that was offered to others is left to them. */
    private static final Duration DECLINED = Duration.ofSeconds(30);

    private final Member self;
    private final LongSupplier nanos;
    private final Object lock = new Object();
    /** Each until a time of {@link #nanos}. Guarded by {@link #lock}. */
    private final SortedMap<Integer, Long> untilNanos = new TreeMap<>();
    /** The members at the last look. Guarded by {@link #lock}. */
    private SortedMap<String, Member> lastSeen = new TreeMap<>();
    /** What the znode of this member says. Used by the lease thread only. */
    private SortedSet<Integer> told = new TreeSet<>();
    /** The session that the znode belongs to. Used by the lease thread only. */
    private long toldSession;

    Declining(Member self, LongSupplier nanos) {
        this.self = self;
        this.nanos = nanos;
    }

    /** The members, as the store has them; nobody is known while the session is lost. */
    void seen(SortedMap<String, Member> members) {
        synchronized (lock) {
            lastSeen = new TreeMap<>(members);
        }
    }

    /** Whether another member may take {@code shard}; if so, this one declines it from now on. */
    boolean offer(int shard) {
        synchronized (lock) {
            boolean anotherMay = lastSeen.values().stream()
                    .anyMatch(member -> !member.name().equals(self.name()) && !member.declines(shard));
            if (anotherMay) {
                untilNanos.put(shard, nanos.getAsLong() + DECLINED.toNanos());
            }
            return anotherMay;
        }
    }

    /** Has the znode of this member say what is declined now. */
    void tell(LeaseNodes nodes, long session) throws IOException {
        SortedSet<Integer> declined;
        synchronized (lock) {
            long now = nanos.getAsLong();
            untilNanos.values().removeIf(until -> until - now <= 0);
            declined = new TreeSet<>(untilNanos.keySet());
        }
        // A new session has a new znode, which declines nothing.
        SortedSet<Integer> before = session == toldSession ? told : new TreeSet<>();
        if (!declined.equals(before)) {
            nodes.tell(new Member(self.name(), self.weight(), declined));
        }
        told = declined;
        toldSession = session;
    }
}
