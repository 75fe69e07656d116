package dev.assent.tx.coordinator;

import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import java.io.IOException;

/** What is around all branches of a coordinator: the resources registered here, the ledger, the epochs. Thread-safe. */
record BranchContext(RecoveryWorker recovery, CoordinatorStore store, ActiveTransactions active)
        implements BranchEffects.Context {

    @Override
    public Workers workers() {
        return active.workers();
    }

    @Override
    public HeuristicLedger ledger() {
        return store.heuristics();
    }

    @Override
    public boolean mayBeEndedByRecovery(GlobalTxId transaction) throws IOException {
        return active.isToldToOthers(transaction)
                || store.decisions().isTakenUp(transaction)
                || store.epochs().census().isFenced(EpochRef.of(transaction));
    }

    @Override
    public Participant recovererFor(Branch branch) {
        return recovery.recoverer(branch.name().resource()).orElse(branch.participant());
    }

    @Override
    public String resourceName(BranchName branch) {
        return recovery.nameOf(branch.resource()).orElse(branch.resource().toString());
    }
}
