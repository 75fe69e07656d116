package dev.assent.tx.sim;

import dev.assent.tx.model.Outcome;

/** What must hold of one transaction, whatever went wrong around it. */
final class SimAudit {
    private final SimTransaction of;

    SimAudit(SimTransaction of) {
        this.of = of;
    }

    /** Once healed: no branch in doubt, one outcome everywhere, and the caller was told nothing else. */
    void check() {
        int committed = 0;
        int rolledBack = 0;
        for (int branch = 0; branch < of.branches(); branch++) {
            SimResource.State state = of.resource(branch).state(of.xid(branch));
            if (of.hands().ended(branch)) {
                continue;
            }
            switch (state) {
                case PREPARED -> throw new Violation("a branch is left prepared");
                case WORKING -> throw new Violation("a branch is left working");
                case COMMITTED -> committed++;
                case ROLLED_BACK -> rolledBack++;
                case READ_ONLY_ENDED -> {}
            }
        }
        // A reader that never got to vote is rolled back without having changed anything.
        long idleReaders = idleReaders();
        if (committed > 0 && rolledBack > idleReaders) {
            throw new Violation("committed in " + committed + " branches, rolled back in " + rolledBack);
        }
        if (committed > 0 && anyRefused()) {
            throw new Violation("committed although a branch refused");
        }
        Outcome told = of.answer();
        if (told == null && !of.isCrashed()) {
            throw new Violation("the caller was told nothing");
        }
        if (told instanceof Outcome.Committed && rolledBack > idleReaders) {
            throw new Violation("the caller was told committed, but it was rolled back");
        }
        if (told instanceof Outcome.RolledBack && committed > 0) {
            throw new Violation("the caller was told rolled back, but it was committed");
        }
    }

    /** Whoever is told that it was rolled back finds the locks free, long before the deadline. */
    void checkLocksAreFree() {
        if (of.isCrashed() || !(of.answer() instanceof Outcome.RolledBack)) {
            return;
        }
        for (int branch = 0; branch < of.branches(); branch++) {
            if (of.resource(branch).state(of.xid(branch)) == SimResource.State.PREPARED) {
                throw new Violation("a branch was told as rolled back, and keeps its locks");
            }
        }
    }

    /** What an asker was told must be what happened, and what the caller heard. */
    void checkTold(Outcome told) {
        if (of.hands().any()) {
            return; // what a hand did, the ledger says, which is not here
        }
        if (told instanceof Outcome.RolledBack && of.answer() instanceof Outcome.Committed) {
            throw new Violation("an asker was told rolled back, but the caller heard committed");
        }
        boolean committed = false;
        boolean wrote = false;
        for (int branch = 0; branch < of.branches(); branch++) {
            SimResource.State state = of.resource(branch).state(of.xid(branch));
            committed |= state == SimResource.State.COMMITTED;
            wrote |= of.nature(branch).isWriter();
        }
        if (told instanceof Outcome.RolledBack && committed) {
            throw new Violation("an asker was told rolled back, but it was committed");
        }
        if (told instanceof Outcome.Committed && wrote && !committed) {
            throw new Violation("an asker was told committed, but it was not");
        }
    }

    private long idleReaders() {
        long idle = 0;
        for (int branch = 0; branch < of.branches(); branch++) {
            if (!of.hands().ended(branch)
                    && of.nature(branch) == SimResource.Nature.READER
                    && of.resource(branch).state(of.xid(branch)) == SimResource.State.ROLLED_BACK) {
                idle++;
            }
        }
        return idle;
    }

    private boolean anyRefused() {
        for (int branch = 0; branch < of.branches(); branch++) {
            if (of.nature(branch) == SimResource.Nature.REFUSER) {
                return true;
            }
        }
        return false;
    }
}
