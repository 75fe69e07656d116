package dev.assent.store.lease;

import dev.assent.spread.RankedSpread;
import dev.assent.store.Deadline;
import dev.assent.store.SessionListener;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, keeps and gives back shards. One thread looks at the store, when a watch fires and regularly besides, and moves
 * this member towards its share; the loss of the session is told at once, without waiting for that thread. Thread-safe.
 *
 * <p>The session is the caller's: whoever keeps it open {@link #drain drains} before closing the leases, whoever closes
 * it as well ends everything with it.
 */
public final class Leases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** While the store is silent, one look in so many says so. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(30);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private final StoreSession session;
    private final Membership membership;
    private final Member self;
    private final String tree;
    private final LeaseNodes nodes;
    private final HeldLeases held;
    private final Declining declining;
    private final LongSupplier nanos;
    private final ScheduledThreadPoolExecutor looker;
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final StoreWatch watch = new StoreWatch(this::lookSoon);
    private final ScheduledFuture<?> looks;
    /** Of the lease thread: when it was last told that a look failed, and how often one has failed since. */
    private long toldNanos;

    private long untold;
    private boolean hasTold;
    private volatile boolean draining;
    private volatile boolean closing;

    private Leases(
            StoreSession session, LeaseTree tree, Membership membership, LeaseListener listener, LongSupplier nanos) {
        this.session = session;
        this.membership = membership;
        this.self = new Member(membership.member(), membership.weight(), new TreeSet<>());
        this.tree = tree.members();
        this.nodes = new LeaseNodes(session, tree, membership.member());
        this.held = new HeldLeases(listener);
        this.declining = new Declining(self, nanos);
        this.nanos = nanos;
        this.looker = new ScheduledThreadPoolExecutor(1, Leases::thread);
        this.looks = looker.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "assent-leases");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Makes what is missing in the store, joins, and begins to take leases.
     *
     * @throws IOException the store does not answer, or does not let this be done
     */
    public static Leases start(StoreSession session, LeaseTree tree, Membership membership, LeaseListener listener)
            throws IOException {
        new LeaseNodes(session, tree, membership.member()).prepare(membership.shards());
        Leases leases = new Leases(session, tree, membership, listener, Clock.SYSTEM::nanos);
        session.listen(leases.new OfTheSession());
        return leases;
    }

    private final class OfTheSession implements SessionListener {
        @Override
        public void connected(long which) {
            lookSoon();
        }

        @Override
        public void lost(long which, Loss how) {
            loseAll(which, "the session is lost");
        }
    }

    /** What is held under another session by now stays. */
    private void loseAll(long ofSession, String why) {
        declining.seen(new TreeMap<>());
        held.lose(one -> one == ofSession, why);
    }

    private void lookSoon() {
        if (closing || !lookAsked.compareAndSet(false, true)) {
            return;
        }
        try {
            looker.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more looks, the leases are closed", e);
        }
    }

    /** The boundary of the lease thread: whatever fails is tried again at the next look. */
    private void look() {
        lookAsked.set(false);
        if (closing || !session.isConnected()) {
            return;
        }
        try {
            if (draining) {
                lookWhileDraining();
            } else {
                lookAsMember();
            }
        } catch (IOException e) {
            tellNowAndThen(e);
        } catch (RuntimeException e) {
            LOG.error("{} of {} could not look after its leases", self.name(), tree, e);
        }
    }

    private void tellNowAndThen(IOException failed) {
        long now = nanos.getAsLong();
        if (hasTold && now - toldNanos < TOLD_EVERY.toNanos()) {
            untold++;
            return;
        }
        LOG.warn("{} of {} looks again soon, as {} times before: {}", self.name(), tree, untold, failed.getMessage());
        hasTold = true;
        toldNanos = now;
        untold = 0;
    }

    private void lookAsMember() throws IOException {
        long current = session.sessionId();
        held.lose(one -> one != current, "the session was replaced");
        if (!nodes.join(self)) {
            LOG.warn(
                    "another session is member {} of {}: it ends soon, or two members have one name",
                    self.name(),
                    tree);
            return;
        }
        giveBackTheRest();
        declining.tell(nodes, current);
        SortedMap<String, Member> members = nodes.members(watch);
        declining.seen(members);
        SortedSet<Integer> share = RankedSpread.shardsOf(self.name(), members, membership.shards());
        held.all().stream().filter(shard -> !share.contains(shard)).forEach(held::askBack);
        for (var owner : nodes.owners(share, watch).entrySet()) {
            if (closing || draining) {
                return;
            }
            lookAt(owner.getKey(), nodes.session(owner.getValue()), current);
        }
    }

    private void lookWhileDraining() throws IOException {
        nodes.leave(self.name());
        held.all().forEach(held::askBack);
        giveBackTheRest();
    }

    private void lookAt(int shard, Optional<Long> owner, long current) throws IOException {
        Optional<Lease> have = held.of(shard);
        boolean mine = owner.isPresent() && owner.get() == current;
        if (have.isPresent()) {
            if (!mine) { // an operator, or a rule of the store, may have removed the znode
                held.lose(have.get(), "the znode of its owner is gone");
            }
        } else if (mine || owner.isEmpty()) {
            take(shard, mine, current);
        }
    }

    private void take(int shard, boolean mine, long current) throws IOException {
        if (mine) { // left by a take whose answer was lost, or by a give-back that failed
            nodes.giveBack(shard, current);
        }
        long lossesBefore = held.losses();
        Optional<Lease> lease = nodes.take(shard, held.floor(shard));
        if (lease.isEmpty() || session.sessionId() != current) {
            return;
        }
        if (!held.grant(lease.get(), current, () -> held.losses() == lossesBefore && !closing && !draining)) {
            held.toGiveBack(shard, current);
        }
    }

    /**
     * Offers a shard to the other members, because this one cannot do its work; answers at once.
     *
     * @return true if another member may take it: this one does not ask for the shard again for a while, and the caller
     *     is to {@link #relinquish} it
     */
    public boolean offer(int shard) {
        return declining.offer(shard);
    }

    /**
     * Gives back a lease that the caller no longer works under; what is lost already stays lost.
     *
     * @param seen the largest epoch of the shard that the caller knows of: later grants are above it
     */
    public void relinquish(Lease lease, long seen) {
        Optional<Long> owner = held.relinquish(lease, seen);
        if (owner.isEmpty()) {
            return;
        }
        try {
            giveBack(lease.shard(), owner.get());
        } catch (IOException e) {
            LOG.warn("{} is given back at the next look, or with the session: {}", lease, e.getMessage());
            held.toGiveBack(lease.shard(), owner.get());
        }
        lookSoon();
    }

    private void giveBack(int shard, long owner) throws IOException {
        if (!session.isConnected()) {
            throw new IOException("the store is out of reach");
        }
        nodes.giveBack(shard, owner);
    }

    private void giveBackTheRest() throws IOException {
        for (var one : held.toGiveBack().entrySet()) {
            if (held.of(one.getKey()).isEmpty()) {
                giveBack(one.getKey(), one.getValue());
            }
            held.givenBack(one.getKey(), one.getValue());
        }
    }

    /**
     * Takes part no more: others see this member leave, and every lease is asked back, so that they take over without
     * waiting for the session to end.
     *
     * @return whether all were given back by {@code deadline}; the rest stays with the session
     */
    public boolean drain(Deadline deadline) throws InterruptedException {
        draining = true;
        lookSoon();
        return held.awaitNone(deadline);
    }

    /** Looks no more; what is held stays with the session. */
    @Override
    public void close() throws IOException {
        closing = true;
        looks.cancel(false);
        looker.shutdown();
        try {
            if (!looker.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the lease thread of {} still waits for the store", tree);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing the leases of " + tree, e);
        }
    }
}
