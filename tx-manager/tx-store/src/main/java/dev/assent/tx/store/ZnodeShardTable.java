package dev.assent.tx.store;

import dev.assent.store.Deadline;
import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.NodeStat;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import dev.assent.tx.spi.ShardTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Members as ephemeral znodes, shards as the znodes of their epochs: the version is the epoch, the data says who opened
 * it.
 */
public final class ZnodeShardTable implements ShardTable {
    private final StoreSession session;
    private final ZnodeStore store;
    private final SetAside aside;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final StoreWatch watch = new StoreWatch(() -> listeners.forEach(Runnable::run));
    private volatile int shards;

    public ZnodeShardTable(StoreSession session, SetAside aside) {
        this.session = session;
        this.store = new ZnodeStore(session);
        this.aside = aside;
    }

    @Override
    public int agree(OptionalInt wanted, int standard) throws IOException {
        Node node = number();
        if (node.data().length == 0) {
            byte[] number = Integer.toString(wanted.orElse(standard)).getBytes(StandardCharsets.US_ASCII);
            try {
                int version = node.stat().version();
                session.repeat(
                        "storing the number of shards",
                        patience(),
                        () -> session.setData(StoreLayout.SHARD_EPOCHS, number, version));
            } catch (StoreException e) {
                if (!e.is(StoreCode.BADVERSION)) {
                    throw e;
                }
            }
            node = number();
        }
        int stored = stored(node.data());
        if (wanted.isPresent() && wanted.getAsInt() != stored) {
            throw new IllegalArgumentException("shards=" + wanted.getAsInt() + ", but this cluster has " + stored
                    + " (" + StoreLayout.SHARD_EPOCHS + " says so, and the ids of its transactions name them): remove"
                    + " the setting, or make it " + stored);
        }
        for (int shard = 0; shard < stored; shard++) {
            store.prepareShard(new ShardKey(Authority.SHARD_2PC, shard));
        }
        shards = stored;
        return stored;
    }

    /** A start is not given up because a connection was lost. */
    private Deadline patience() {
        return Deadline.in(session.config().connectTimeout());
    }

    private Node number() throws IOException {
        return session.repeat(
                "reading the number of shards", patience(), () -> session.syncAndRead(StoreLayout.SHARD_EPOCHS));
    }

    private static int stored(byte[] data) throws IOException {
        String text = new String(data, StandardCharsets.US_ASCII).trim();
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= SHARDS_MAX) {
                return number;
            }
        } catch (NumberFormatException damaged) {
            throw new IOException(damagedNumber(text), damaged);
        }
        throw new IOException(damagedNumber(text));
    }

    private static String damagedNumber(String text) {
        return StoreLayout.SHARD_EPOCHS + " holds '" + text + "', which is no number of shards (1 to " + SHARDS_MAX
                + "): write the number of its children";
    }

    /** Created or changed; whichever it is, a znode of an earlier session of ours is not taken for this one's. */
    @Override
    public void show(String id, ShardBoard.Member member) throws IOException {
        String path = StoreLayout.member(id);
        byte[] data = ShardForms.member(member);
        try {
            session.await(session.create(StoreOp.Create.ephemeral(path, data)), "joining the nodes");
        } catch (StoreException e) {
            if (!e.is(StoreCode.NODEEXISTS)) {
                throw e;
            }
            session.await(session.setData(path, data, -1), "joining the nodes");
        }
    }

    @Override
    public void hide(String id) throws IOException {
        deleteIfThere(StoreLayout.member(id), "leaving the nodes");
    }

    @Override
    public ShardBoard read() throws IOException {
        return read(shards);
    }

    /** What there is, for who only looks: nothing is agreed upon or made, and a cluster without nodes has no shards. */
    ShardBoard look() throws IOException {
        Node number = session.await(session.syncAndRead(StoreLayout.SHARD_EPOCHS), "reading the number of shards");
        return read(number.data().length == 0 ? 0 : stored(number.data()));
    }

    private ShardBoard read(int count) throws IOException {
        CompletableFuture<Void> synced = session.sync();
        CompletableFuture<List<String>> names = session.children(StoreLayout.MEMBERS, watch);
        Map<Integer, CompletableFuture<Node>> reads = new LinkedHashMap<>();
        for (int shard = 0; shard < count; shard++) {
            reads.put(shard, session.read(StoreLayout.epoch(key(shard)), watch));
        }
        session.await(synced, "reading the shards");
        SortedMap<String, ShardBoard.Member> members = members(session.await(names, "listing the nodes"));
        SortedMap<Integer, ShardBoard.Holding> holdings = new TreeMap<>();
        for (Map.Entry<Integer, CompletableFuture<Node>> read : reads.entrySet()) {
            Node node = session.await(read.getValue(), "reading who holds shard " + read.getKey());
            holdings.put(read.getKey(), ShardForms.holding(node.stat().version(), node.data()));
        }
        return new ShardBoard(members, holdings);
    }

    private SortedMap<String, ShardBoard.Member> members(List<String> ids) throws IOException {
        Map<String, CompletableFuture<Node>> reads = new LinkedHashMap<>();
        ids.forEach(id -> reads.put(id, session.read(StoreLayout.member(id), watch)));
        SortedMap<String, ShardBoard.Member> members = new TreeMap<>();
        for (Map.Entry<String, CompletableFuture<Node>> read : reads.entrySet()) {
            try {
                byte[] data = session.await(read.getValue(), "reading a node").data();
                ShardForms.member(data)
                        .ifPresentOrElse(
                                member -> members.put(read.getKey(), member),
                                () -> aside.report(
                                        StoreLayout.member(read.getKey()),
                                        "no coordinator node describes itself like that",
                                        "Delete it, unless another program needs it there"));
            } catch (StoreException e) {
                if (!e.is(StoreCode.NONODE)) {
                    throw e;
                }
            }
        }
        return members;
    }

    private static EpochKey key(int shard) {
        return new EpochKey(Authority.SHARD_2PC, shard, 0);
    }

    @Override
    public List<EpochRef> take(Collection<Step.Take> wanted, String id, String name) throws IOException {
        Map<EpochRef, CompletableFuture<MultiReply>> replies = new LinkedHashMap<>();
        for (Step.Take take : wanted) {
            EpochRef next = new EpochRef(key(take.shard()), take.seen() + 1);
            List<StoreOp> operations = new ArrayList<>();
            operations.add(new StoreOp.SetData(
                    StoreLayout.epoch(next.key()), ShardForms.holding(id, name, take.cause()), take.seen()));
            operations.addAll(store.folders(next));
            replies.put(next, session.multi(operations));
        }
        List<EpochRef> taken = new ArrayList<>();
        for (Map.Entry<EpochRef, CompletableFuture<MultiReply>> reply : replies.entrySet()) {
            String what = "opening an epoch of shard " + reply.getKey().key().shard();
            MultiReply answer = session.await(reply.getValue(), what);
            if (answer.isApplied()) {
                taken.add(reply.getKey());
            } else if (answer.code() != StoreCode.BADVERSION) {
                throw new StoreException(answer.code(), what + ": " + answer.code());
            }
        }
        return taken;
    }

    @Override
    public void release(Collection<EpochRef> epochs) throws IOException {
        List<CompletableFuture<NodeStat>> replies = epochs.stream()
                .map(epoch -> session.setData(StoreLayout.epoch(epoch.key()), new byte[0], epoch.version()))
                .toList();
        for (CompletableFuture<NodeStat> reply : replies) {
            try {
                session.await(reply, "handing a shard over");
            } catch (StoreException e) {
                if (!e.is(StoreCode.BADVERSION)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void forget(String id) throws IOException {
        String path = StoreLayout.member(id);
        long owner;
        try {
            owner = session.await(session.read(path), "reading a node").stat().owner();
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return;
            }
            throw e;
        }
        for (String role : session.await(session.children(StoreLayout.LEADERS), "listing roles")) {
            deleteIfOf(owner, StoreLayout.LEADERS + "/" + role);
        }
        deleteIfOf(owner, path);
    }

    private void deleteIfOf(long owner, String path) throws IOException {
        try {
            Node node = session.await(session.read(path), "reading who holds " + path);
            if (node.stat().owner() == owner) {
                deleteIfThere(path, "removing " + path + ", whose holder is fenced");
            }
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }

    private void deleteIfThere(String path, String what) throws IOException {
        try {
            session.await(session.delete(path, -1), what);
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
