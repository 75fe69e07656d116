package dev.assent.store.lease;

import dev.assent.store.Deadline;
import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.NodeStat;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The reads and writes of the znodes of leases; each call is one request or a short, repeatable row of them. */
final class LeaseNodes {
    private final StoreSession session;
    private final LeaseTree tree;
    private final byte[] me;

    LeaseNodes(StoreSession session, LeaseTree tree, String member) {
        this.session = session;
        this.tree = tree;
        this.me = member.getBytes(StandardCharsets.UTF_8);
    }

    void prepare(int shards) throws IOException {
        Deadline deadline = Deadline.in(session.config().connectTimeout());
        for (StoreOp.Create node : tree.prepared(shards)) {
            session.createIfMissing(node, deadline);
        }
    }

    private String member(String name) {
        return tree.members() + "/" + name;
    }

    /**
     * Makes this a live member.
     *
     * @return false while another session holds the name: that of a dead predecessor for a moment, or a namesake's
     */
    boolean join(Member self) throws IOException {
        String path = member(self.name());
        String what = "joining as " + self.name();
        Optional<NodeStat> there = session.await(session.exists(path), what);
        if (there.isPresent()) {
            return there.get().owner() == session.sessionId();
        }
        try {
            byte[] data = self.format().getBytes(StandardCharsets.UTF_8);
            session.await(session.create(StoreOp.Create.ephemeral(path, data)), what);
            return true;
        } catch (StoreException e) {
            if (e.is(StoreCode.NODEEXISTS)) {
                return false;
            }
            throw e;
        }
    }

    /** Removes the znode of this member if it is this session's. */
    void leave(String name) throws IOException {
        removeOwn(member(name), session.sessionId(), "leaving as " + name);
    }

    /** The live members. */
    SortedMap<String, Member> members(StoreWatch watch) throws IOException {
        List<String> names = session.await(session.children(tree.members(), watch), "listing " + tree.members());
        List<CompletableFuture<Node>> replies =
                names.stream().map(name -> session.read(member(name))).toList();
        SortedMap<String, Member> members = new TreeMap<>();
        for (int place = 0; place < names.size(); place++) {
            String name = names.get(place);
            try {
                byte[] data = session.await(replies.get(place), "reading member " + name)
                        .data();
                members.put(name, Member.parse(name, new String(data, StandardCharsets.UTF_8)));
            } catch (StoreException e) {
                if (!e.is(StoreCode.NONODE)) { // it has left since; the watch tells of it
                    throw e;
                }
            }
        }
        return members;
    }

    /** Tells the other members what this one declines. */
    void tell(Member self) throws IOException {
        session.await(
                session.setData(member(self.name()), self.format().getBytes(StandardCharsets.UTF_8), -1),
                "telling what is declined");
    }

    /** The sessions that own the shards now, asked for at once; {@code watch} is told when one changes. */
    SortedMap<Integer, CompletableFuture<Optional<NodeStat>>> owners(Collection<Integer> shards, StoreWatch watch) {
        SortedMap<Integer, CompletableFuture<Optional<NodeStat>>> owners = new TreeMap<>();
        shards.forEach(shard -> owners.put(shard, session.exists(tree.owner(shard), watch)));
        return owners;
    }

    Optional<Long> session(CompletableFuture<Optional<NodeStat>> owner) throws IOException {
        return session.await(owner, "reading who owns a shard").map(NodeStat::owner);
    }

    /**
     * Takes a shard: the znode of its owner and its next epoch in one step.
     *
     * @param above the epoch will be above this one too
     * @return empty if somebody else was faster
     */
    Optional<Lease> take(int shard, long above) throws IOException {
        String what = "taking shard " + shard;
        Node epoch = session.await(session.read(tree.epoch(shard)), what);
        LeaseTree.Raise raise = tree.raise(shard, epoch, above);
        List<StoreOp> operations = new ArrayList<>();
        operations.add(StoreOp.Create.ephemeral(tree.owner(shard), me));
        operations.addAll(raise.operations());
        MultiReply reply = session.await(session.multi(operations), what);
        if (reply.isApplied()) {
            return Optional.of(new Lease(shard, raise.epoch()));
        }
        if (reply.code() == StoreCode.NODEEXISTS || reply.code() == StoreCode.BADVERSION) {
            return Optional.empty();
        }
        throw new StoreException(reply.code(), what + ": " + reply.code());
    }

    /** Removes the znode of the owner if it is that session's. */
    void giveBack(int shard, long owner) throws IOException {
        removeOwn(tree.owner(shard), owner, "giving back shard " + shard);
    }

    private void removeOwn(String path, long owner, String what) throws IOException {
        Optional<NodeStat> there = session.await(session.exists(path), what);
        if (there.isEmpty() || there.get().owner() != owner) {
            return;
        }
        try {
            session.await(session.delete(path, there.get().version()), what);
        } catch (StoreException e) {
            if (!e.is(StoreCode.NONODE) && !e.is(StoreCode.BADVERSION)) { // gone, or another's by now
                throw e;
            }
        }
    }
}
