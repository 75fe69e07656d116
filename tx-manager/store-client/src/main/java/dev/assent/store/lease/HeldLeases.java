package dev.assent.store.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.assent.store.Deadline;
import dev.assent.store.lease.LeaseListener.Revocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member holds and what it still has to give back, and who is told of it. Thread-safe. */
final class HeldLeases {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

    private final LeaseListener listener;
    private final Object lock = new Object();

    /** By shard. */
    @GuardedBy("lock")
    private final SortedMap<Integer, Held> held = new TreeMap<>();

    /** Shards whose owner's znode is still to be removed, with the session it belongs to. */
    @GuardedBy("lock")
    private final SortedMap<Integer, Long> toGiveBack = new TreeMap<>();

    /** Epochs that are known to be used up. */
    @GuardedBy("lock")
    private final SortedMap<Integer, Long> floors = new TreeMap<>();

    /** Counts lost sessions, so that a grant which crosses a loss is not believed. */
    @GuardedBy("lock")
    private long losses;

    /** @param session under which it is held */
    private record Held(Lease lease, long session, boolean askedBack) {}

    HeldLeases(LeaseListener listener) {
        this.listener = listener;
    }

    SortedSet<Integer> all() {
        synchronized (lock) {
            return new TreeSet<>(held.keySet());
        }
    }

    Optional<Lease> of(int shard) {
        synchronized (lock) {
            return Optional.ofNullable(held.get(shard)).map(Held::lease);
        }
    }

    long losses() {
        synchronized (lock) {
            return losses;
        }
    }

    /** New epochs of the shard have to be above this one. */
    long floor(int shard) {
        synchronized (lock) {
            return floors.getOrDefault(shard, 0L);
        }
    }

    /** Under the lock, so that a loss cannot be told before the grant it ends. */
    boolean grant(Lease lease, long session, BooleanSupplier isStillRight) {
        synchronized (lock) {
            boolean granted = isStillRight.getAsBoolean();
            if (granted) {
                held.put(lease.shard(), new Held(lease, session, false));
                listener.granted(lease);
            }
            return granted;
        }
    }

    /** Asks for a lease once. */
    void askBack(int shard) {
        Lease lease;
        synchronized (lock) {
            Held have = held.get(shard);
            if (have == null || have.askedBack()) {
                return;
            }
            lease = have.lease();
            held.put(shard, new Held(lease, have.session(), true));
        }
        listener.revoked(lease, Revocation.REBALANCED);
    }

    /** Ends what is held under such sessions. */
    void lose(LongPredicate sessions, String why) {
        List<Lease> lost = new ArrayList<>();
        synchronized (lock) {
            losses++;
            held.values().removeIf(one -> {
                boolean over = sessions.test(one.session());
                if (over) {
                    lost.add(one.lease());
                }
                return over;
            });
            lock.notifyAll();
        }
        lost.forEach(lease -> tellLoss(lease, why));
    }

    void lose(Lease lease, String why) {
        synchronized (lock) {
            Held have = held.get(lease.shard());
            if (have == null || !have.lease().equals(lease)) {
                return;
            }
            held.remove(lease.shard());
            lock.notifyAll();
        }
        tellLoss(lease, why);
    }

    private void tellLoss(Lease lease, String why) {
        LOG.warn("{} is lost: {}", lease, why);
        listener.revoked(lease, Revocation.LOST);
    }

    /** Ends a lease, if it is held: the session that its znode belongs to, which is to be removed. */
    Optional<Long> relinquish(Lease lease, long seen) {
        synchronized (lock) {
            floors.merge(lease.shard(), seen, Math::max);
            Held have = held.get(lease.shard());
            if (have == null || !have.lease().equals(lease)) {
                return Optional.empty();
            }
            held.remove(lease.shard());
            lock.notifyAll();
            return Optional.of(have.session());
        }
    }

    void toGiveBack(int shard, long session) {
        synchronized (lock) {
            toGiveBack.put(shard, session);
        }
    }

    SortedMap<Integer, Long> toGiveBack() {
        synchronized (lock) {
            return new TreeMap<>(toGiveBack);
        }
    }

    void givenBack(int shard, long session) {
        synchronized (lock) {
            toGiveBack.remove(shard, session);
        }
    }

    /** Whether nothing is held, waiting for that until {@code deadline}. */
    boolean awaitNone(Deadline deadline) throws InterruptedException {
        synchronized (lock) {
            while (!held.isEmpty() && !deadline.isPast()) {
                lock.wait(deadline.remainingMillis());
            }
            return held.isEmpty();
        }
    }
}
