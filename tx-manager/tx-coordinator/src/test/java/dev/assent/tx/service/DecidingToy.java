package dev.assent.tx.service;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointLook;
import dev.assent.tx.model.PointReadiness;
import dev.assent.tx.spi.DecisionTable;
import dev.assent.tx.spi.PointParticipant;
import dev.assent.tx.testing.ToyResource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A resource in memory that keeps decisions in a table of its own, and decides what begins in it. Thread-safe. */
final class DecidingToy extends ToyResource implements PointParticipant, DecisionTable {
    private final Map<GlobalTxId, Decision> rows = new ConcurrentHashMap<>();
    private volatile boolean losesAnswers;

    DecidingToy(String name) {
        super(name);
    }

    /** From now on it decides, and does not say what. */
    void loseDecisions() {
        losesAnswers = true;
    }

    @Override
    public Optional<PointParticipant> point() {
        return Optional.of(this);
    }

    @Override
    public Optional<DecisionTable> decisions() {
        return Optional.of(this);
    }

    @Override
    public CompletionStage<PointReadiness> ready(BranchId branch, boolean assign) {
        return CompletableFuture.completedStage(new PointReadiness.Assigned());
    }

    @Override
    public CompletionStage<PointAnswer> commitThrough(
            BranchId branch, GlobalTxId transaction, List<BranchName> prepared) {
        rows.putIfAbsent(transaction, Decision.COMMIT);
        return commitOnePhase(branch)
                .thenApply(done ->
                        losesAnswers ? new PointAnswer.Lost("the connection broke") : new PointAnswer.Committed());
    }

    @Override
    public boolean isDefault() {
        return true;
    }

    @Override
    public CompletionStage<Decision> insertAbort(GlobalTxId transaction) {
        Decision before = rows.putIfAbsent(transaction, Decision.ABORT);
        return CompletableFuture.completedStage(before == null ? Decision.ABORT : before);
    }

    @Override
    public CompletionStage<PointLook> look(GlobalTxId transaction) {
        return CompletableFuture.completedStage(new PointLook(Optional.ofNullable(rows.get(transaction)), false, 0));
    }

    @Override
    public CompletionStage<Map<GlobalTxId, DecisionRecord>> rows(Due due) {
        return CompletableFuture.completedStage(Map.of());
    }

    @Override
    public CompletionStage<Void> delete(Collection<GlobalTxId> transactions) {
        return CompletableFuture.completedStage(null);
    }
}
