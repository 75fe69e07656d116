package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.news.DecisionName;
import dev.assent.tx.protocol.twophase.TwoPhaseCommand;
import dev.assent.tx.protocol.twophase.TwoPhaseInput;
import dev.assent.tx.spi.DecisionLog;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carries out what two-phase commit wants: its record is in the decision log. */
final class TwoPhaseEffects extends BranchEffects<TwoPhaseInput.Handler> implements TwoPhaseCommand.Handler {
    private final DecisionLog log;
    private final Consumer<EpochRef> epochOver;
    private final GlobalTxId id;
    private final TransactionRun<TwoPhaseInput.Handler, ?> run;

    /**
     * The effects of one transaction.
     *
     * @param epochOver told an epoch that was found to be over, or that may be
     */
    TwoPhaseEffects(
            Context around,
            DecisionLog log,
            Consumer<EpochRef> epochOver,
            GlobalTxId id,
            List<Branch> branches,
            TransactionRun<TwoPhaseInput.Handler, ?> run) {
        super(around, id, branches, run);
        this.log = log;
        this.epochOver = epochOver;
        this.id = id;
        this.run = run;
    }

    @Override
    public void writeDecision(TwoPhaseCommand.WriteDecision command) {
        List<BranchName> prepared =
                command.prepared().stream().map(place -> branch(place).name()).toList();
        run.news().decisionAsked();
        CompletionStage<CommitResult> unused = log.commit(id, prepared).whenComplete(this::decided);
    }

    private void decided(@Nullable CommitResult result, @Nullable Throwable bug) {
        CommitResult known = result == null ? new CommitResult.Unknown("internal error: " + bug) : result;
        if (known instanceof CommitResult.Fenced || known instanceof CommitResult.Unknown) {
            epochOver.accept(EpochRef.of(id));
        }
        run.news().decided(known.accept(DecisionName.OF));
        run.post(new TwoPhaseInput.Decided(known));
    }

    @Override
    public void releaseRecord(TwoPhaseCommand.ReleaseRecord command) {
        log.release(id);
    }
}
