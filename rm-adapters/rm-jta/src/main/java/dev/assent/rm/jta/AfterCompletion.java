package dev.assent.rm.jta;

import dev.assent.tx.model.Outcome;

/**
 * What follows the end of one transaction: its status is told, interposed synchronizations come first, then what it held
 * goes back, then the others (Jakarta Transactions 2.0, section 3.3.2). What it held waits for the first ones for a
 * while only, and for no other transaction's. Thread-safe; to be told once.
 */
final class AfterCompletion {
    private final JtaTransaction transaction;
    private final TransactionProgress progress;
    private final Synchronizations synchronizations;
    private final KeptResources resources;
    private final ThreadAssociations associations;
    private final CompletionThreads threads;

    AfterCompletion(
            JtaTransaction transaction,
            TransactionProgress progress,
            Synchronizations synchronizations,
            KeptResources resources,
            ThreadAssociations associations,
            CompletionThreads threads) {
        this.transaction = transaction;
        this.progress = progress;
        this.synchronizations = synchronizations;
        this.resources = resources;
        this.associations = associations;
        this.threads = threads;
    }

    /** Tells on this thread, which is free of the transaction then. */
    void tell(Outcome outcome) {
        call(recorded(outcome), resources::giveBack);
    }

    /** Tells on threads of its own: nobody waits, and callbacks may block. */
    void tellLater(Outcome outcome) {
        JtaStatus end = recorded(outcome);
        if (synchronizations.hasInterposed()) {
            awaitCallbacks();
        } else {
            giveBackLater();
        }
        if (!synchronizations.isEmpty()) {
            threads.call(transaction, () -> call(end, this::giveBackLater));
        }
    }

    /** Work was rolled back and the outcome is not known. */
    void workDropped() {
        resources.giveBackWhatIsOver(threads::giveBack);
    }

    private JtaStatus recorded(Outcome outcome) {
        JtaStatus end = progress.ended(outcome);
        associations.dissociate(transaction);
        return end;
    }

    private void call(JtaStatus end, Runnable giveBack) {
        if (synchronizations.hasInterposed()) {
            awaitCallbacks();
        }
        associations.without(() -> synchronizations.afterCompletion(end, () -> {
            threads.cameBack(resources);
            giveBack.run();
        }));
    }

    private void awaitCallbacks() {
        if (resources.holdWork()) {
            threads.awaitCallbacks(transaction, resources);
        }
    }

    /** On threads that may hang in that. */
    private void giveBackLater() {
        resources.giveBack(threads::giveBack);
    }
}
