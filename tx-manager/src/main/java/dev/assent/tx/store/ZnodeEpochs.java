package dev.assent.tx.store;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.spi.EpochRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;

/** Epochs as znodes: a persistent one in version 0 while the coordinator reigns, an ephemeral one while it lives. */
public final class ZnodeEpochs implements EpochRegistry {
    private static final int ALLOT_ATTEMPTS_MAX = 1_000;

    private final StoreSession session;
    private final ZnodeStore store;
    private final List<Runnable> lifeListeners = new CopyOnWriteArrayList<>();
    private final Watcher lifeWatcher = event -> lifeListeners.forEach(Runnable::run);

    public ZnodeEpochs(StoreSession session) {
        this.session = session;
        this.store = new ZnodeStore(session);
    }

    /**
     * Allots an incarnation that no process ever had or will have, alive as long as the session.
     *
     * @throws IOException the store did not answer; a number may have been used up
     */
    public EpochRef allot() throws IOException {
        for (int attempt = 0; attempt < ALLOT_ATTEMPTS_MAX; attempt++) {
            StoreSession.Node counter =
                    session.await(session.syncAndRead(StoreLayout.COUNTER), "reading the incarnation counter");
            long next = parse(counter.data()) + 1;
            ShardKey shard = new ShardKey(Authority.EMBEDDED_2PC, StoreLayout.bucket(next));
            store.prepareShard(shard);
            byte[] number = Long.toString(next).getBytes(StandardCharsets.US_ASCII);
            StoreSession.MultiReply reply = session.await(
                    session.multi(List.of(
                            Op.setData(
                                    StoreLayout.COUNTER, number, counter.stat().getVersion()),
                            session.createOp(StoreLayout.embedded(next), new byte[0], CreateMode.PERSISTENT),
                            session.createOp(StoreLayout.live(next), new byte[0], CreateMode.EPHEMERAL))),
                    "allotting an incarnation");
            if (reply.isApplied()) {
                return new EpochRef(new EpochKey(Authority.EMBEDDED_2PC, shard.shard(), next), 0);
            }
            if (reply.code() != Code.BADVERSION) {
                throw new StoreException(reply.code(), "allotting an incarnation: " + reply.code());
            }
        }
        throw new IOException("no incarnation could be allotted in " + ALLOT_ATTEMPTS_MAX
                + " attempts: too many coordinators start at once; start again");
    }

    @Override
    public EpochCensus census() throws IOException {
        session.await(session.sync(), "reading the epochs");
        long highest = parse(session.await(session.read(StoreLayout.COUNTER), "reading the incarnation counter")
                .data());
        SortedMap<Long, Integer> embedded = new TreeMap<>();
        for (String name : session.await(session.children(StoreLayout.EMBEDDED), "listing epochs")) {
            putVersion(embedded, Long.parseLong(name), StoreLayout.EMBEDDED + "/" + name);
        }
        SortedSet<Long> alive = new TreeSet<>();
        for (String name : session.await(session.children(StoreLayout.LIVE), "listing live coordinators")) {
            alive.add(Long.parseLong(name));
        }
        SortedMap<Integer, Integer> shards = new TreeMap<>();
        for (String name : session.await(session.children(StoreLayout.SHARD_EPOCHS), "listing shards")) {
            putVersion(shards, Integer.parseInt(name), StoreLayout.SHARD_EPOCHS + "/" + name);
        }
        return new EpochCensus(highest, embedded, alive, shards);
    }

    private <K> void putVersion(SortedMap<K, Integer> versions, K key, String path) throws IOException {
        try {
            versions.put(
                    key,
                    session.await(session.read(path), "reading an epoch").stat().getVersion());
        } catch (StoreException e) {
            if (!e.is(Code.NONODE)) {
                throw e;
            }
        }
    }

    /**
     * Opens a new epoch of a shard, which ends the one before: nothing can be decided COMMIT under that any more.
     *
     * @throws IOException the store did not answer; the old epoch may have ended all the same
     */
    public EpochRef advance(int shard) throws IOException {
        EpochKey key = new EpochKey(Authority.SHARD_2PC, shard, 0);
        String path = StoreLayout.epoch(key);
        for (int attempt = 0; attempt < ALLOT_ATTEMPTS_MAX; attempt++) {
            int version = session.await(session.syncAndRead(path), "reading the epoch of shard " + shard)
                    .stat()
                    .getVersion();
            try {
                session.await(session.setData(path, new byte[0], version), "opening an epoch of shard " + shard);
                return new EpochRef(key, version + 1);
            } catch (StoreException e) {
                if (!e.is(Code.BADVERSION)) {
                    throw e;
                }
            }
        }
        throw new IOException("no epoch of shard " + shard + " could be opened in " + ALLOT_ATTEMPTS_MAX
                + " attempts: too many nodes stand for it at once");
    }

    @Override
    public void fence(long incarnation) throws IOException {
        byte[] mark = "fenced".getBytes(StandardCharsets.US_ASCII);
        try {
            session.await(session.setData(StoreLayout.embedded(incarnation), mark, 0), "fencing an epoch");
        } catch (StoreException e) {
            if (!e.is(Code.BADVERSION) && !e.is(Code.NONODE)) {
                throw e;
            }
        }
    }

    @Override
    public void retire(long incarnation) throws IOException {
        try {
            session.await(session.delete(StoreLayout.embedded(incarnation), -1), "retiring an epoch");
        } catch (StoreException e) {
            if (!e.is(Code.NONODE)) {
                throw e;
            }
        }
    }

    /** Calls {@code listener} soon after a coordinator starts or dies, or this session ends; armed by a watch. */
    public void onLifeChange(Runnable listener) {
        lifeListeners.add(listener);
    }

    /** Arms the watch once more; arming it twice is the same as once. */
    public void watchLife() {
        session.watchChildren(StoreLayout.LIVE, lifeWatcher);
    }

    private static long parse(byte[] number) {
        return number.length == 0 ? 0 : Long.parseLong(new String(number, StandardCharsets.US_ASCII));
    }
}
