package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.ShardSpread;
import dev.assent.outbox.policy.Throttle;
import dev.assent.outbox.spi.ShardLeases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, keeps and gives back shards. One thread looks at the store, when a watch fires and regularly besides, and
 * moves this instance towards its share; the loss of the session is told at once, from the client's own thread.
 */
public final class ZnodeShardLeases implements ShardLeases {
    private static final Logger LOG = LoggerFactory.getLogger(ZnodeShardLeases.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /** How many session time-outs the first connection may take. */
    private static final int CONNECT_SESSIONS_MAX = 3;

    /** While the store is silent, one look in so many says so. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(30);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private final LeaseSettings settings;
    private final CuratorFramework client;
    private final LeaseNodes nodes;
    private final Declining declining;
    private final ScheduledExecutorService looker;
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final Watcher watcher = this::watched;
    private final Object lock = new Object();

    /** What is held, by shard; with the session it is held under. Guarded by {@link #lock}. */
    private final SortedMap<ShardId, Held> held = new TreeMap<>();
    /** Shards whose owner node is still to be deleted, with the session it belongs to. Guarded by {@link #lock}. */
    private final SortedMap<ShardId, Long> toGiveBack = new TreeMap<>();
    /** Epochs that are known to be used up. Guarded by {@link #lock}. */
    private final SortedMap<ShardId, ShardEpoch> floors = new TreeMap<>();
    /** Counts lost sessions, so that a grant which crosses a loss is not believed. Guarded by {@link #lock}. */
    private long losses;

    /** Guarded by {@link #lock}. */
    private final Throttle notices = new Throttle(1, TOLD_EVERY);

    private record Held(ShardLease lease, long session, boolean leaving) {}

    /** What {@link #start} is told. */
    private record Work(int shards, Listener listener) {}

    private volatile Optional<Work> work = Optional.empty();
    private volatile Optional<ScheduledFuture<?>> looks = Optional.empty();
    private volatile boolean closing;

    public ZnodeShardLeases(LeaseSettings settings) {
        this.settings = settings;
        this.client = connectTo(settings);
        this.nodes = new LeaseNodes(client, LeasePaths.of(settings.relay()), settings.instance());
        this.declining = new Declining(settings.instance());
        this.looker = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "outbox-leases"));
    }

    private static CuratorFramework connectTo(LeaseSettings settings) {
        int sessionMillis = (int) settings.session().toMillis();
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.connect())
                .sessionTimeoutMs(sessionMillis)
                .connectionTimeoutMs(Math.min(sessionMillis, 5_000))
                .retryPolicy(new ExponentialBackoffRetry(100, 3, 1_000))
                .ensembleTracker(false)
                .waitForShutdownTimeoutMs(1_000);
        settings.credentials().ifPresent(secret -> builder.authorization(
                        "digest", secret.userAndPassword().getBytes(StandardCharsets.UTF_8))
                .aclProvider(new CreatorOnly()));
        return builder.build();
    }

    @Override
    public void start(int shards, Listener listener) throws IOException {
        work = Optional.of(new Work(shards, listener));
        client.getConnectionStateListenable().addListener((ignored, state) -> connectionIs(state));
        client.start();
        Duration longest = settings.session().multipliedBy(CONNECT_SESSIONS_MAX);
        try {
            if (!client.blockUntilConnected((int) longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("no ensemble answers at " + settings.connect() + " within " + longest
                        + ": check coordination.connect, and that a majority of its servers runs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to " + settings.connect(), e);
        }
        nodes.createEpochs(shards);
        looks = Optional.of(looker.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void connectionIs(ConnectionState state) {
        LOG.info("relay {} instance {}: the znode store is {}", settings.relay(), settings.instance(), state);
        if (state == ConnectionState.LOST) {
            loseAll("the session is lost");
        } else if (state == ConnectionState.RECONNECTED) {
            lookSoon();
        }
    }

    private void loseAll(String why) {
        List<ShardLease> lost = new ArrayList<>();
        synchronized (lock) {
            losses++;
            held.values().forEach(one -> lost.add(one.lease()));
            held.clear();
        }
        declining.seen(new TreeMap<>());
        lost.forEach(lease -> {
            LOG.warn("{} is lost: {}", lease, why);
            work.ifPresent(now -> now.listener().revoked(lease, Revocation.LOST));
        });
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

    private void watched(WatchedEvent event) {
        if (event.getType() != Watcher.Event.EventType.None) {
            lookSoon();
        }
    }

    /** The boundary of the lease thread: whatever fails is tried again at the next look. */
    private void look() {
        lookAsked.set(false);
        Optional<Work> now = work;
        if (closing || now.isEmpty() || !client.getZookeeperClient().isConnected()) {
            return;
        }
        try {
            look(now.get());
        } catch (IOException e) {
            synchronized (lock) {
                notices.tell(System.nanoTime())
                        .ifPresent(before -> LOG.warn(
                                "relay {} instance {} looks again soon, as {} times before: {}",
                                settings.relay(),
                                settings.instance(),
                                before,
                                e.getMessage()));
            }
        } catch (RuntimeException e) {
            LOG.error("relay {} instance {} could not look after its leases", settings.relay(), settings.instance(), e);
        }
    }

    private void look(Work now) throws IOException {
        long session = nodes.sessionId();
        dropOtherSessions(session);
        if (!nodes.join(settings.instance())) {
            LOG.warn(
                    "another session is member {} of relay {}: it ends soon, or two instances have one name",
                    settings.instance(),
                    settings.relay());
            return;
        }
        giveBackTheRest();
        declining.tell(nodes, session);
        SortedMap<String, SortedSet<ShardId>> members = nodes.members(watcher);
        declining.seen(members);
        SortedSet<ShardId> share = ShardSpread.shardsOf(settings.instance(), members, now.shards());
        for (int number = 0; number < now.shards() && !closing; number++) {
            ShardId shard = new ShardId(number);
            lookAt(shard, share.contains(shard), session, now.listener());
        }
    }

    @Override
    public boolean offer(ShardLease lease) {
        return declining.offer(lease.shard());
    }

    private void lookAt(ShardId shard, boolean mine, long session, Listener listener) throws IOException {
        Optional<Held> have = holding(shard);
        if (have.isPresent() && !mine) {
            leave(have.get(), listener);
        } else if (have.isPresent()) {
            verify(have.get(), session, listener);
        } else if (mine) {
            take(shard, session, listener);
        }
    }

    private Optional<Held> holding(ShardId shard) {
        synchronized (lock) {
            return Optional.ofNullable(held.get(shard));
        }
    }

    /** A session that expired and was replaced between two looks takes its leases with it. */
    private void dropOtherSessions(long session) {
        boolean stale;
        synchronized (lock) {
            stale = held.values().stream().anyMatch(one -> one.session() != session);
        }
        if (stale) {
            loseAll("the session was replaced");
        }
    }

    private void leave(Held have, Listener listener) {
        synchronized (lock) {
            if (have.leaving() || !have.equals(held.get(have.lease().shard()))) {
                return;
            }
            held.put(have.lease().shard(), new Held(have.lease(), have.session(), true));
        }
        listener.revoked(have.lease(), Revocation.REBALANCED);
    }

    /** An operator, or a rule of the store, may have removed the owner node. */
    private void verify(Held have, long session, Listener listener) throws IOException {
        ShardLease lease = have.lease();
        Optional<Long> owner = nodes.ownerSession(lease.shard(), watcher);
        if (owner.isPresent() && owner.get() == session) {
            return;
        }
        synchronized (lock) {
            if (!held.remove(lease.shard(), have)) {
                return;
            }
        }
        LOG.warn("{} is lost: its owner node is gone", lease);
        listener.revoked(lease, Revocation.LOST);
    }

    private void take(ShardId shard, long session, Listener listener) throws IOException {
        Optional<Long> owner = nodes.ownerSession(shard, watcher);
        if (owner.isPresent() && owner.get() == session) {
            // Left by a take whose answer was lost, or by a give-back that failed.
            nodes.giveBack(shard, session);
        } else if (owner.isPresent()) {
            return;
        }
        long lossesBefore;
        ShardEpoch floor;
        synchronized (lock) {
            lossesBefore = losses;
            floor = floors.getOrDefault(shard, new ShardEpoch(0));
        }
        Optional<ShardLease> lease = nodes.take(shard, floor);
        if (lease.isEmpty() || nodes.sessionId() != session) {
            return;
        }
        synchronized (lock) {
            if (losses != lossesBefore || closing) {
                return;
            }
            held.put(shard, new Held(lease.get(), session, false));
            // Under the lock, so that a loss cannot be told before the grant it ends.
            listener.granted(lease.get());
        }
    }

    @Override
    public void relinquish(ShardLease lease, ShardEpoch seen) {
        Optional<Held> gone = Optional.empty();
        synchronized (lock) {
            floors.merge(lease.shard(), seen, (one, other) -> one.compareTo(other) < 0 ? other : one);
            Held have = held.get(lease.shard());
            if (have != null && have.lease().equals(lease)) {
                held.remove(lease.shard());
                gone = Optional.of(have);
            }
        }
        if (gone.isEmpty()) {
            return;
        }
        try {
            giveBack(lease.shard(), gone.get().session());
        } catch (IOException e) {
            LOG.warn("{} is given back at the next look, or with the session: {}", lease, e.getMessage());
            synchronized (lock) {
                toGiveBack.put(lease.shard(), gone.get().session());
            }
        }
    }

    private void giveBack(ShardId shard, long session) throws IOException {
        if (!client.getZookeeperClient().isConnected()) {
            throw new IOException("the znode store is out of reach");
        }
        nodes.giveBack(shard, session);
    }

    private void giveBackTheRest() throws IOException {
        SortedMap<ShardId, Long> rest;
        synchronized (lock) {
            rest = new TreeMap<>(toGiveBack);
        }
        for (Map.Entry<ShardId, Long> one : rest.entrySet()) {
            if (holding(one.getKey()).isEmpty()) {
                giveBack(one.getKey(), one.getValue());
            }
            synchronized (lock) {
                toGiveBack.remove(one.getKey(), one.getValue());
            }
        }
    }

    /** Ends the session, and with it all that is left of this instance in the store. */
    @Override
    public void close() throws IOException {
        closing = true;
        looks.ifPresent(regular -> regular.cancel(false));
        looker.shutdown();
        try {
            if (!looker.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the lease thread of relay {} still waits for the znode store", settings.relay());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing the leases of relay " + settings.relay(), e);
        } finally {
            client.close();
        }
    }
}
