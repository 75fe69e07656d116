package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.news.DecisionName;
import dev.assent.tx.protocol.BranchCommand;
import dev.assent.tx.protocol.BranchInput;
import dev.assent.tx.protocol.commitpoint.CommitPointCommand;
import dev.assent.tx.protocol.commitpoint.CommitPointInput;
import dev.assent.tx.spi.EpochRegistry;
import dev.assent.tx.spi.PointParticipant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the commit point protocol wants: its row is in a table of one of the branches' resources. */
final class CommitPointEffects extends BranchEffects<CommitPointInput.Handler> implements CommitPointCommand.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(CommitPointEffects.class);
    private static final long ABSENCE_PAUSE_MILLIS = 1_000;

    /** What all such transactions of a coordinator have around them. {@code epochOver} is told an epoch that was found over. */
    record Points(PointTables tables, ReleasedRows released, EpochRegistry epochs, Consumer<EpochRef> epochOver) {}

    private final Context around;
    private final Points points;
    private final GlobalTxId id;
    private final TransactionRun<CommitPointInput.Handler, ?> run;

    CommitPointEffects(
            Context around,
            Points points,
            GlobalTxId id,
            List<Branch> branches,
            TransactionRun<CommitPointInput.Handler, ?> run) {
        super(around, id, branches, run);
        this.around = around;
        this.points = points;
        this.id = id;
        this.run = run;
    }

    @Override
    public void readyPoint(CommitPointCommand.ReadyPoint command) {
        CompletionStage<Void> unused = ready(branch(command.branch()), command.assign())
                .handle((ready, failed) -> {
                    PointReadiness known =
                            failed == null ? ready : new PointReadiness.Refused("it could not be asked: " + failed);
                    run.post(new CommitPointInput.PointReady(known));
                    return null;
                });
    }

    private static CompletionStage<PointReadiness> ready(Branch branch, boolean assign) {
        Optional<PointParticipant> point = branch.participant().point();
        if (point.isEmpty()) {
            return CompletableFuture.completedStage(new PointReadiness.Refused(
                    "the branch that was to decide works over a connection that keeps no decisions"));
        }
        try {
            return point.get().ready(branch.xid(), assign);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void commitThrough(CommitPointCommand.CommitThrough command) {
        List<BranchName> others =
                command.prepared().stream().map(place -> branch(place).name()).toList();
        run.news().decisionAsked();
        CompletionStage<Void> unused = through(branch(command.branch()), others).handle((answer, failed) -> {
            PointAnswer known = failed == null ? answer : new PointAnswer.Lost("failed: " + failed);
            run.news().decided(known.accept(DecisionName.OF));
            run.post(new CommitPointInput.PointAnswered(known));
            return null;
        });
    }

    private CompletionStage<PointAnswer> through(Branch branch, List<BranchName> others) {
        try {
            return branch.participant().point().orElseThrow().commitThrough(branch.xid(), id, others);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public void insertAbort(CommitPointCommand.InsertAbort command) {
        CompletionStage<Void> unused = points.tables().insertAbort(id).handle((row, failed) -> {
            run.post(
                    failed == null
                            ? new CommitPointInput.RowFound(row)
                            : new CommitPointInput.NotTold(String.valueOf(failed.getMessage())));
            return null;
        });
    }

    @Override
    public void lookAtEpoch(CommitPointCommand.LookAtEpoch command) {
        onLedgerThread(() -> {
            try {
                run.post(new CommitPointInput.EpochLooked(isFenced()));
            } catch (IOException e) {
                run.post(new CommitPointInput.NotTold(String.valueOf(e.getMessage())));
            }
        });
    }

    private boolean isFenced() throws IOException {
        boolean fenced = points.epochs().census().isFenced(EpochRef.of(id));
        if (fenced) {
            points.epochOver().accept(EpochRef.heldFor(id));
        }
        return fenced;
    }

    @Override
    public void releaseRow(CommitPointCommand.ReleaseRow command) {
        points.released().release(id);
    }

    /** Others end branches by a row, and note it there, or in an epoch that is over. */
    @Override
    public void checkAbsence(BranchCommand.CheckAbsence command) {
        CompletionStage<PointLook> looked = points.tables()
                .of(id)
                .map(table -> table.look(id))
                .orElseGet(() -> CompletableFuture.failedStage(new IOException("not registered any more")));
        CompletionStage<Void> unused = looked.handle((look, failed) -> {
            if (failed != null) {
                LOG.debug("why {} lacks a branch is looked into later", id, failed);
                around.workers().later(ABSENCE_PAUSE_MILLIS, () -> checkAbsence(command));
            } else if (look.takenUp() || look.row().equals(Optional.of(Decision.ABORT))) {
                run.post(new BranchInput.AbsenceChecked(command.branch(), true));
            } else {
                super.checkAbsence(command); // which asks the store
            }
            return null;
        });
    }
}
