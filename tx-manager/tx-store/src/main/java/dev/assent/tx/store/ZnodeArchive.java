package dev.assent.tx.store;

import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.NodeStat;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.spi.DecisionArchive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Epochs' folders of records, listed a bucket at a time, and only those buckets that changed since they were listed
 * before. One thread at a time.
 */
public final class ZnodeArchive implements DecisionArchive {
    private final StoreSession session;
    private final SetAside aside;
    private final Map<EpochRef, Map<String, Bucket>> listed = new HashMap<>();

    public ZnodeArchive(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    /** A bucket's names as of its last change; the znode's own creation tells apart one that was made anew. */
    private record Bucket(long createdZxid, long childrenZxid, Set<GlobalTxId> transactions) {
        boolean isStill(NodeStat stat) {
            return stat.createdZxid() == createdZxid && stat.childrenZxid() == childrenZxid;
        }
    }

    @Override
    public List<EpochRef> epochs() throws IOException {
        List<EpochRef> epochs = new ArrayList<>();
        for (String name : session.await(session.syncAndList(StoreLayout.TX), "listing epochs with records")) {
            Optional<EpochRef> epoch = StoreLayout.epochOfFolder(name);
            epoch.ifPresentOrElse(epochs::add, () -> foreign(StoreLayout.TX + "/" + name, "no epoch's folder"));
        }
        listed.keySet().retainAll(epochs);
        return epochs;
    }

    private void foreign(String path, String what) {
        aside.report(path, "it is " + what, "Delete it, unless another program needs it there");
    }

    @Override
    public EpochRef embedded(long incarnation) {
        return new EpochRef(StoreLayout.embeddedKey(incarnation), 0);
    }

    @Override
    public Set<GlobalTxId> transactions(EpochRef epoch) throws IOException {
        Map<String, Bucket> known = listed.computeIfAbsent(epoch, key -> new HashMap<>());
        List<String> buckets = StoreLayout.buckets(epoch);
        List<CompletableFuture<Node>> stats = session.syncAndRead(buckets);
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        for (int place = 0; place < buckets.size(); place++) {
            String path = buckets.get(place);
            Optional<NodeStat> stat = stat(stats.get(place));
            if (stat.isEmpty()) {
                known.remove(path); // the epoch is being retired, or a bucket was removed by hand
                continue;
            }
            Bucket bucket = known.get(path);
            if (bucket == null || !bucket.isStill(stat.get())) {
                bucket = new Bucket(stat.get().createdZxid(), stat.get().childrenZxid(), list(epoch, path));
                known.put(path, bucket);
            }
            transactions.addAll(bucket.transactions());
        }
        return transactions;
    }

    private Optional<NodeStat> stat(CompletableFuture<Node> reply) throws IOException {
        try {
            return Optional.of(session.await(reply, "looking at a bucket").stat());
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Set<GlobalTxId> list(EpochRef epoch, String bucket) throws IOException {
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        for (String name : session.await(session.children(bucket), "listing decisions")) {
            Optional<GlobalTxId> transaction = transaction(name);
            if (transaction.isPresent()
                    && transaction.get().commitPoint().isEmpty()
                    && EpochRef.heldFor(transaction.get()).equals(epoch)
                    && StoreLayout.decision(transaction.get()).equals(bucket + "/" + name)) {
                transactions.add(transaction.get());
            } else {
                foreign(bucket + "/" + name, "no decision of this epoch, or one of a newer version");
            }
        }
        return transactions;
    }

    private static Optional<GlobalTxId> transaction(String name) {
        try {
            return Optional.of(GlobalTxId.fromHex(name));
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(ShardKey shard, List<GlobalTxId> transactions) throws IOException {
        for (int from = 0; from < transactions.size(); from += RecordReaper.BATCH_MAX) {
            deleteBatch(
                    shard, transactions.subList(from, Math.min(transactions.size(), from + RecordReaper.BATCH_MAX)));
        }
    }

    /** One that is gone, or resists, leaves the batch; the others are tried again. */
    private void deleteBatch(ShardKey shard, List<GlobalTxId> batch) throws IOException {
        List<GlobalTxId> left = new ArrayList<>(batch);
        while (!left.isEmpty()) {
            Node mark = session.await(
                    session.syncAndRead(StoreLayout.gc(shard)), "reading the mark of shard " + shard.folder());
            OptionalLong horizon = DeletionHorizon.read(shard, mark.data(), aside);
            if (horizon.isEmpty()) {
                return;
            }
            MultiReply reply = session.await(
                    session.multi(DeletionHorizon.delete(
                            shard, left, horizon.getAsLong(), mark.stat().version())),
                    "deleting decisions");
            if (reply.isApplied()) {
                return;
            }
            int failed = reply.failedOperation();
            if (failed < 0) {
                throw new StoreException(reply.code(), "deleting decisions: " + reply.code());
            }
            if (failed < left.size()) {
                RecordReaper.resists(left.remove(failed), reply.code(), aside);
            }
        }
    }

    @Override
    public boolean retire(EpochRef epoch) throws IOException {
        List<String> paths = new ArrayList<>(StoreLayout.buckets(epoch));
        paths.add(StoreLayout.folder(epoch));
        if (isEmbedded(epoch)) {
            paths.add(StoreLayout.epoch(epoch.key()));
        }
        while (!paths.isEmpty()) {
            MultiReply reply = session.await(
                    session.multi(paths.stream()
                            .map(path -> new StoreOp.Delete(path, -1))
                            .toList()),
                    "retiring an epoch");
            if (reply.isApplied()) {
                break;
            }
            if (reply.failedOperation() < 0) {
                throw new StoreException(reply.code(), "retiring an epoch: " + reply.code());
            }
            String path = paths.remove(reply.failedOperation());
            if (reply.code() != StoreCode.NONODE) { // what is gone already need not be removed
                resists(path, reply.code());
                return false;
            }
        }
        listed.remove(epoch);
        return true;
    }

    private static boolean isEmbedded(EpochRef epoch) {
        return switch (epoch.key().authority()) {
            case EMBEDDED_2PC, COMMIT_POINT -> true;
            case SHARD_2PC, PAXOS_3PC -> false;
        };
    }

    private void resists(String path, StoreCode code) {
        if (code != StoreCode.NOTEMPTY) {
            aside.report(path, "it cannot be removed: " + code, "Delete it, as its epoch is over and holds no record");
        }
    }
}
