package dev.assent.tx.store;

import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.model.Verdict;
import dev.assent.tx.spi.Clock;
import dev.assent.tx.spi.DecisionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * Decisions as create-once znodes. Concurrent ones share multis, and so proposals: see {@link GroupCommit}.
 */
public final class ZnodeDecisionLog implements DecisionLog {
    private static final int READS_IN_FLIGHT_MAX = 256;
    private static final int ACKNOWLEDGE_ATTEMPTS_MAX = 20;

    private final StoreSession session;
    private final GroupCommit group;
    private final RecordReaper reaper;

    public ZnodeDecisionLog(StoreSession session, Clock clock) {
        this.session = session;
        this.group = new GroupCommit(session::multi);
        this.reaper = new RecordReaper(session, clock);
    }

    @Override
    public CompletionStage<CommitResult> commit(GlobalTxId transaction, List<BranchName> prepared) {
        return new DecisionRun(session, group, transaction, prepared).start();
    }

    @Override
    public Optional<DecisionRecord> read(GlobalTxId transaction) throws IOException {
        String path = StoreLayout.decision(transaction);
        return readNode(path).map(ReadRecord::record);
    }

    /** A record with the version it was read in. */
    private record ReadRecord(DecisionRecord record, int version) {}

    private Optional<ReadRecord> readNode(String path) throws IOException {
        try {
            StoreSession.Node node = session.await(session.syncAndRead(path), "reading a decision");
            return Optional.of(new ReadRecord(
                    DecisionCodec.decode(path, node.data()), node.stat().getVersion()));
        } catch (StoreException e) {
            if (e.is(Code.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public GcMark gcMark(ShardKey shard) throws IOException {
        StoreSession.Node node = session.await(
                session.syncAndRead(StoreLayout.gc(shard)), "reading the mark of shard " + shard.folder());
        return new GcMark(shard, node.stat().getVersion());
    }

    @Override
    public AbortResult abort(GlobalTxId transaction, GcMark mark) throws IOException {
        String path = StoreLayout.decision(transaction);
        DecisionRecord abort = new DecisionRecord(Verdict.ABORT, List.of());
        StoreSession.MultiReply reply = session.await(
                session.multi(List.of(
                        Op.check(StoreLayout.gc(mark.shard()), mark.version()),
                        session.createOp(path, DecisionCodec.encode(abort), CreateMode.PERSISTENT))),
                "deciding ABORT");
        if (reply.isApplied()) {
            return new AbortResult.Decided(abort);
        }
        Optional<DecisionRecord> existing = read(transaction);
        if (existing.isPresent()) {
            return new AbortResult.Decided(existing.get());
        }
        if (reply.failedOperation() < 0) {
            throw new StoreException(reply.code(), "deciding ABORT: " + reply.code());
        }
        return new AbortResult.ScanAgain();
    }

    @Override
    public void release(GlobalTxId transaction) {
        reaper.release(transaction);
    }

    /** Sends the deletions that wait for a batch to fill; to be called from time to time. */
    public void flush() {
        reaper.flush();
    }

    /** Released records whose deletion has not been sent yet. */
    public int releasedAndWaiting() {
        return reaper.queued();
    }

    @Override
    public List<ShardKey> shards() throws IOException {
        List<ShardKey> shards = new ArrayList<>();
        session.await(session.sync(), "listing shards");
        for (String folder : session.await(session.children(StoreLayout.GC), "listing shards")) {
            boolean embedded = folder.startsWith("e");
            shards.add(new ShardKey(
                    embedded ? Authority.EMBEDDED_2PC : Authority.SHARD_2PC,
                    Integer.parseInt(embedded ? folder.substring(1) : folder)));
        }
        shards.sort(null);
        return shards;
    }

    @Override
    public Map<GlobalTxId, DecisionRecord> records(ShardKey shard, Predicate<GlobalTxId> wanted) throws IOException {
        session.await(session.sync(), "listing decisions");
        List<GlobalTxId> ids = new ArrayList<>();
        for (String name : session.await(session.children(StoreLayout.folder(shard)), "listing decisions")) {
            GlobalTxId id = GlobalTxId.fromHex(name);
            if (wanted.test(id)) {
                ids.add(id);
            }
        }
        Map<GlobalTxId, DecisionRecord> records = new LinkedHashMap<>();
        for (int from = 0; from < ids.size(); from += READS_IN_FLIGHT_MAX) {
            readInto(records, ids.subList(from, Math.min(ids.size(), from + READS_IN_FLIGHT_MAX)));
        }
        return records;
    }

    private void readInto(Map<GlobalTxId, DecisionRecord> records, List<GlobalTxId> ids) throws IOException {
        List<CompletableFuture<StoreSession.Node>> reads =
                ids.stream().map(id -> session.read(StoreLayout.decision(id))).toList();
        for (int place = 0; place < ids.size(); place++) {
            String path = StoreLayout.decision(ids.get(place));
            try {
                StoreSession.Node node = session.await(reads.get(place), "reading a decision");
                records.put(ids.get(place), DecisionCodec.decode(path, node.data()));
            } catch (StoreException e) {
                if (!e.is(Code.NONODE)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void acknowledge(GlobalTxId transaction, Set<BranchName> ended) throws IOException {
        String path = StoreLayout.decision(transaction);
        for (int attempt = 0; attempt < ACKNOWLEDGE_ATTEMPTS_MAX; attempt++) {
            Optional<ReadRecord> read = readNode(path);
            if (read.isEmpty()) {
                return;
            }
            StoreSession.MultiReply reply =
                    session.await(session.multi(without(transaction, read.get(), ended)), "acknowledging branches");
            if (reply.isApplied() || reply.code() == Code.NONODE) {
                return;
            }
            if (reply.code() != Code.BADVERSION) {
                throw new StoreException(reply.code(), "acknowledging branches: " + reply.code());
            }
        }
    }

    private static List<Op> without(GlobalTxId transaction, ReadRecord read, Set<BranchName> ended) {
        String path = StoreLayout.decision(transaction);
        List<BranchName> pending = read.record().pending().stream()
                .filter(branch -> !ended.contains(branch))
                .toList();
        byte[] data = DecisionCodec.encode(new DecisionRecord(read.record().verdict(), pending));
        return List.of(Op.setData(path, data, read.version()));
    }

    @Override
    public long everDeletedUpTo(ShardKey shard) throws IOException {
        StoreSession.Node node = session.await(
                session.syncAndRead(StoreLayout.gc(shard)), "reading the mark of shard " + shard.folder());
        return DeletionHorizon.decode(node.data());
    }

    @Override
    public void delete(ShardKey shard, List<GlobalTxId> transactions) throws IOException {
        for (int from = 0; from < transactions.size(); from += RecordReaper.BATCH_MAX) {
            int to = Math.min(transactions.size(), from + RecordReaper.BATCH_MAX);
            deleteBatch(shard, transactions.subList(from, to));
        }
    }

    /** A record that somebody else deleted meanwhile makes the batch fail whole; the next pass sees fewer. */
    private void deleteBatch(ShardKey shard, List<GlobalTxId> batch) throws IOException {
        StoreSession.Node mark = session.await(
                session.syncAndRead(StoreLayout.gc(shard)), "reading the mark of shard " + shard.folder());
        List<String> paths = batch.stream().map(StoreLayout::decision).toList();
        StoreSession.MultiReply reply =
                session.await(session.multi(DeletionHorizon.delete(shard, paths, batch, mark)), "deleting decisions");
        if (!reply.isApplied() && reply.code() != Code.NONODE && reply.code() != Code.BADVERSION) {
            throw new StoreException(reply.code(), "deleting decisions: " + reply.code());
        }
    }
}
