package dev.assent.tx.store;

import dev.assent.store.FencedRecord;
import dev.assent.store.Node;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.protocol.twophase.DecisionCommand;
import dev.assent.tx.protocol.twophase.DecisionInput;
import dev.assent.tx.protocol.twophase.DecisionWrite;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the commands of one {@link DecisionWrite} against the store. One request is under way at a time. */
final class DecisionRun implements DecisionCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionRun.class);

    private static final FencedRecord.Handler<DecisionInput> ANSWERING = new Answering();

    private final StoreSession session;
    private final GroupCommit group;
    private final RecordReader reader;
    private final String path;
    private final GroupCommit.Decision decision;
    private final DecisionWrite write = new DecisionWrite();
    private final CompletableFuture<CommitResult> result = new CompletableFuture<>();

    DecisionRun(
            StoreSession session,
            GroupCommit group,
            RecordReader reader,
            GlobalTxId transaction,
            List<BranchName> prepared) {
        this.session = session;
        this.group = group;
        this.reader = reader;
        this.path = StoreLayout.decision(transaction);
        byte[] record = DecisionCodec.encode(new DecisionRecord(Decision.COMMIT, prepared));
        this.decision = new GroupCommit.Decision(
                EpochRef.of(transaction), new StoreOp.Create(path, record), path.length() + record.length);
    }

    CompletableFuture<CommitResult> start() {
        write.begin().accept(this);
        return result;
    }

    private void step(DecisionInput input) {
        write.step(input).accept(this);
    }

    @Override
    public void create(DecisionCommand.Create command) {
        guard(group.create(decision)
                .thenAccept(reply -> step(FencedRecord.outcome(reply).accept(ANSWERING))));
    }

    @Override
    public void awaitConnection(DecisionCommand.AwaitConnection command) {
        session.whenConnected(
                () -> step(session.isClosed() ? new DecisionInput.GaveUp("stopped") : new DecisionInput.Reconnected()));
    }

    @Override
    public void syncAndRead(DecisionCommand.SyncAndRead command) {
        guard(session.syncAndRead(path)
                .handle((node, failure) -> failure == null ? found(node) : readFailed(failure))
                .thenAccept(this::step));
    }

    @Override
    public void conclude(DecisionCommand.Conclude command) {
        result.complete(command.result());
    }

    /** A bug of ours must not leave a caller waiting for ever; what it did is not known. */
    private void guard(CompletableFuture<Void> step) {
        CompletableFuture<Void> unused = step.whenComplete((done, bug) -> {
            if (bug != null) {
                LOG.error("the decision at {} was given up", path, bug);
                result.complete(new CommitResult.Unknown("internal error: " + bug.getMessage()));
            }
        });
    }

    private static final class Answering implements FencedRecord.Handler<DecisionInput> {
        @Override
        public DecisionInput written(FencedRecord.Written outcome) {
            return new DecisionInput.Applied();
        }

        @Override
        public DecisionInput fenced(FencedRecord.Fenced outcome) {
            return new DecisionInput.EpochRefused();
        }

        @Override
        public DecisionInput exists(FencedRecord.Exists outcome) {
            return new DecisionInput.RecordExists();
        }

        @Override
        public DecisionInput refused(FencedRecord.Refused outcome) {
            return new DecisionInput.Refused(
                    outcome.code() == StoreCode.NONODE
                            ? "the record's folder is missing in the store: " + outcome.code()
                            : outcome.code().name());
        }

        @Override
        public DecisionInput unanswered(FencedRecord.Unanswered outcome) {
            return new DecisionInput.ConnectionLost(outcome.code().name());
        }
    }

    private DecisionInput found(Node node) {
        return reader.decoded(path, node.data()).accept(new Reading());
    }

    private static final class Reading implements RecordRead.Handler<DecisionInput> {
        @Override
        public DecisionInput absent(RecordRead.Absent read) {
            return new DecisionInput.Absent();
        }

        @Override
        public DecisionInput found(RecordRead.Found read) {
            return new DecisionInput.Found(read.record().decision());
        }

        @Override
        public DecisionInput unreadable(RecordRead.Unreadable read) {
            return new DecisionInput.GaveUp(read.why());
        }
    }

    private static DecisionInput readFailed(Throwable failure) {
        if (failure instanceof StoreException refused && refused.is(StoreCode.NONODE)) {
            return new DecisionInput.Absent();
        }
        return new DecisionInput.ConnectionLost(String.valueOf(failure.getMessage()));
    }
}
