package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import java.io.IOException;

/** What is around all branches of a coordinator: the resources registered here, the ledger, the epochs. Thread-safe. */
record BranchContext(RecoveryWorker recovery, CoordinatorStore store, ActiveTransactions active, Clock clock)
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
                || isDueAtAcceptors(transaction)
                || store.epochs().census().isFenced(EpochRef.heldFor(transaction));
    }

    /** Past the deadline any process' recovery asks them, and leaves no trace in the store when they chose ABORT. */
    private boolean isDueAtAcceptors(GlobalTxId transaction) {
        return transaction.key().authority() == Authority.PAXOS_3PC && transaction.isPastDeadline(clock.epochMillis());
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
