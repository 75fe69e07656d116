package dev.assent.tx.store;

import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.time.Clock;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.spi.DecisionLog;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decisions as create-once znodes. Concurrent ones share multis, and so proposals: see {@link GroupCommit}. A record is
 * written once; that it was taken up shows in its version, which is no more than 1.
 */
public final class ZnodeDecisionLog implements DecisionLog {
    private static final int WRITTEN_ONCE = 0;

    private final StoreSession session;
    private final SetAside aside;
    private final RecordReader reader;
    private final GroupCommit group;
    private final RecordReaper reaper;

    public ZnodeDecisionLog(StoreSession session, Clock clock, SetAside aside) {
        this(session, clock, aside, RecordReaper.KEPT_MAX);
    }

    /** One that keeps so many released records for those who ask. */
    ZnodeDecisionLog(StoreSession session, Clock clock, SetAside aside, int keptMax) {
        this.session = session;
        this.aside = aside;
        this.reader = new RecordReader(session, aside);
        this.group = new GroupCommit(session::multi);
        this.reaper = new RecordReaper(session, clock, aside, keptMax);
    }

    @Override
    public CompletionStage<CommitResult> commit(GlobalTxId transaction, List<BranchName> prepared) {
        return new DecisionRun(session, group, reader, transaction, prepared).start();
    }

    @Override
    public CompletionStage<Void> record(GlobalTxId transaction, List<BranchName> branches) {
        return new LearnedRecord(session, reader, transaction, new DecisionRecord(Decision.COMMIT, branches)).keep();
    }

    @Override
    public RecordRead read(GlobalTxId transaction) throws IOException {
        return reader.read(transaction);
    }

    /** One after the other over one connection, which keeps their order, without a wait in between. */
    @Override
    public Evidence evidence(GlobalTxId transaction) throws IOException {
        ShardKey shard = transaction.key().shardKey();
        String path = StoreLayout.decision(transaction);
        List<CompletableFuture<Node>> replies = session.syncAndRead(List.of(path, StoreLayout.gc(shard)));
        RecordRead record = reader.await(path, replies.get(0));
        Node mark = session.await(replies.get(1), "reading the mark of shard " + shard.folder());
        return new Evidence(record, deletedUpTo(shard, mark));
    }

    @Override
    public Map<GlobalTxId, RecordRead> readAll(Collection<GlobalTxId> transactions) throws IOException {
        return reader.readAll(transactions);
    }

    @Override
    public GcMark gcMark(ShardKey shard) throws IOException {
        return new GcMark(shard, mark(shard).stat().version());
    }

    private Node mark(ShardKey shard) throws IOException {
        return session.await(session.syncAndRead(StoreLayout.gc(shard)), "reading the mark of shard " + shard.folder());
    }

    @Override
    public AbortResult abort(GlobalTxId transaction, GcMark mark) throws IOException {
        String path = StoreLayout.decision(transaction);
        DecisionRecord abort = new DecisionRecord(Decision.ABORT, List.of());
        MultiReply reply = session.await(
                session.multi(List.of(
                        new StoreOp.Check(StoreLayout.gc(mark.shard()), mark.version()),
                        new StoreOp.Create(path, DecisionCodec.encode(abort)))),
                "deciding ABORT");
        if (reply.isApplied()) {
            return new AbortResult.Decided(abort);
        }
        AbortResult found = obey(read(transaction), reply);
        if (found instanceof AbortResult.Decided decided && decided.record().decision() == Decision.COMMIT) {
            takeUp(transaction);
        }
        return found;
    }

    @Override
    public void takeUp(GlobalTxId transaction) throws IOException {
        Optional<Node> record = record(transaction);
        if (record.isPresent() && !isTakenUp(record.get())) {
            touch(StoreLayout.decision(transaction), record.get().data());
        }
    }

    private void touch(String path, byte[] asItIs) throws IOException {
        try {
            session.await(session.setData(path, asItIs, WRITTEN_ONCE), "taking up a decision");
        } catch (StoreException e) {
            if (!e.is(StoreCode.BADVERSION)
                    && !e.is(StoreCode.NONODE)) { // somebody else has, or every branch has ended
                throw e;
            }
        }
    }

    @Override
    public boolean isTakenUp(GlobalTxId transaction) throws IOException {
        Optional<Node> record = record(transaction);
        return record.isPresent() && (isTakenUp(record.get()) || isAbort(transaction, record.get()));
    }

    private static boolean isTakenUp(Node record) {
        return record.stat().version() > WRITTEN_ONCE;
    }

    /** One that cannot be read may be one. */
    private boolean isAbort(GlobalTxId transaction, Node record) {
        RecordRead read = reader.decoded(StoreLayout.decision(transaction), record.data());
        return !(read instanceof RecordRead.Found found) || found.record().decision() == Decision.ABORT;
    }

    private Optional<Node> record(GlobalTxId transaction) throws IOException {
        try {
            return Optional.of(
                    session.await(session.syncAndRead(StoreLayout.decision(transaction)), "looking at a decision"));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is there; when nothing is, somebody has deleted records, or retired the epoch, since the scan. */
    private static AbortResult obey(RecordRead read, MultiReply reply) throws IOException {
        if (read instanceof RecordRead.Absent && reply.failedOperation() < 0) {
            throw new StoreException(reply.code(), "deciding ABORT: " + reply.code());
        }
        return read.accept(new RecordRead.Handler<>() {
            @Override
            public AbortResult absent(RecordRead.Absent absent) {
                return new AbortResult.ScanAgain();
            }

            @Override
            public AbortResult found(RecordRead.Found found) {
                return new AbortResult.Decided(found.record());
            }

            @Override
            public AbortResult unreadable(RecordRead.Unreadable unreadable) {
                return new AbortResult.Unreadable(unreadable.why());
            }
        });
    }

    @Override
    public void release(GlobalTxId transaction) {
        reaper.release(transaction);
    }

    @Override
    public void flush() {
        reaper.flush();
    }

    /** Released records whose deletion has not been sent yet. */
    public int releasedAndWaiting() {
        return reaper.queued();
    }

    @Override
    public long everDeletedUpTo(ShardKey shard) throws IOException {
        return deletedUpTo(shard, mark(shard));
    }

    private long deletedUpTo(ShardKey shard, Node mark) {
        return DeletionHorizon.read(shard, mark.data(), aside).orElse(Long.MAX_VALUE);
    }
}
