package dev.assent.tx.remote.agent;

import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The transactions that this process takes part in, and those that it has seen end: a call or command that comes late
 * must not open one again. Thread-safe.
 */
final class LocalParts {
    private final int partsMax;
    private final Executor listeners;
    private final Map<GlobalTxId, LocalPart> parts = new LinkedHashMap<>();
    private final Finished finished;

    /** How a transaction ended, and each branch that this process had in it and has ended for certain. */
    private record End(Outcome outcome, Map<BranchId, Completion> branches) {}

    /** A bounded memory of what ended. What falls out of it is past its deadline, and so refused by that. */
    private static final class Finished extends LinkedHashMap<GlobalTxId, End> {
        private static final long serialVersionUID = 1L;
        private final int entriesMax;

        Finished(int entriesMax) {
            this.entriesMax = entriesMax;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<GlobalTxId, End> eldest) {
            return size() > entriesMax;
        }
    }

    LocalParts(int partsMax, Executor listeners) {
        this.partsMax = partsMax;
        this.listeners = listeners;
        this.finished = new Finished(10 * partsMax);
    }

    /**
     * This process's part in a transaction, a new one if it had none.
     *
     * @throws TransactionServiceException the transaction has ended here, or too many are under way
     */
    synchronized LocalPart open(GlobalTxId id) {
        LocalPart part = parts.get(id);
        if (part != null) {
            return part;
        }
        if (finished.containsKey(id)) {
            throw new TransactionServiceException("transaction " + id + " has already ended", false);
        }
        if (parts.size() >= partsMax) {
            throw new TransactionServiceException(
                    partsMax + " transactions are under way in this service; try again later", true);
        }
        LocalPart opened = new LocalPart(id, listeners);
        parts.put(id, opened);
        return opened;
    }

    synchronized Optional<LocalPart> find(GlobalTxId id) {
        return Optional.ofNullable(parts.get(id));
    }

    synchronized Optional<BranchRun> find(GlobalTxId id, BranchId branch) {
        return find(id).flatMap(part -> part.find(branch));
    }

    /** How a transaction ended that this process took part in, if it has heard that and not forgotten it. */
    synchronized Optional<Outcome> heard(GlobalTxId id) {
        return find(id).flatMap(LocalPart::heard)
                .or(() -> Optional.ofNullable(finished.get(id)).map(End::outcome));
    }

    /**
     * What ended a branch that this process had in a transaction that ended so; its resource has forgotten it. Empty
     * when nothing is remembered, or the transaction ended otherwise.
     */
    synchronized Optional<Completion> endOf(BranchId branch, Class<? extends Outcome> decision) {
        return Optional.ofNullable(finished.get(GlobalTxId.fromBytes(branch.gtrid())))
                .filter(end -> decision.isInstance(end.outcome()))
                .flatMap(end -> Optional.ofNullable(end.branches().get(branch)));
    }

    synchronized List<LocalPart> all() {
        return new ArrayList<>(parts.values());
    }

    /**
     * The transaction ended; its branches that were never asked to prepare are dropped. An unknown outcome is no end:
     * the part stays, to be asked about until somebody knows.
     */
    CompletionStage<Void> ended(GlobalTxId id, Outcome outcome) {
        Optional<LocalPart> part = find(id);
        if (part.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        if (!outcome.isKnown()) {
            part.get().inDoubt("its coordinator does not know how it ended: " + outcome);
            return part.get().dropWork();
        }
        return part.get().dropBranches().thenRun(() -> end(part.get(), outcome));
    }

    /** Nobody is likely to know any more how the transaction ended, and nothing of it is open here. */
    void givenUp(LocalPart part, Outcome why) {
        end(part, why);
    }

    private void end(LocalPart part, Outcome outcome) {
        part.ended(outcome);
        forgetIfDone(part, outcome);
    }

    private synchronized void forgetIfDone(LocalPart part, Outcome outcome) {
        if (part.isDone()) {
            parts.remove(part.id());
            Map<BranchId, Completion> branches = new HashMap<>();
            part.branches().stream()
                    .filter(branch -> !branch.mayHaveEndedOtherwise())
                    .forEach(branch -> branches.put(branch.id(), branch.end()));
            finished.put(part.id(), new End(outcome, branches));
        }
    }
}
