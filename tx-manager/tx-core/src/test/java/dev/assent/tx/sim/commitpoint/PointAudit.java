package dev.assent.tx.sim.commitpoint;

import dev.assent.tx.model.Outcome;

/** What must hold of one transaction once everything is healed. */
final class PointAudit {
    private final SimPoint of;

    PointAudit(SimPoint of) {
        this.of = of;
    }

    /** No branch is left, one outcome everywhere, and the caller was told nothing else. */
    void check() {
        int committed = 0;
        int rolledBack = 0;
        boolean refused = false;
        for (int branch = 0; branch < of.branches(); branch++) {
            boolean reads = !of.nature(branch).writes();
            refused |= of.nature(branch) == SimDatabase.Nature.REFUSER;
            switch (of.database(branch).state(of.xid(branch))) {
                case PREPARED -> throw new PointViolation("a branch is left prepared");
                case WORKING -> throw new PointViolation("a branch is left working");
                case COMMITTED -> committed += reads ? 0 : 1;
                case ROLLED_BACK -> rolledBack += reads ? 0 : 1;
                case READ_ONLY_ENDED -> {}
            }
        }
        if (committed > 0 && rolledBack > 0) {
            throw new PointViolation("committed in " + committed + " branches, rolled back in " + rolledBack);
        }
        if (committed > 0 && refused) {
            throw new PointViolation("committed although a branch refused");
        }
        Outcome told = of.answer();
        if (told == null && !of.isCrashed()) {
            throw new PointViolation("the caller was told nothing");
        }
        if (told instanceof Outcome.Committed && rolledBack > 0) {
            throw new PointViolation("the caller was told committed, but it was rolled back");
        }
        if (told instanceof Outcome.RolledBack && committed > 0) {
            throw new PointViolation("the caller was told rolled back, but it was committed");
        }
    }

    /** What an asker was told must be what happened. */
    void checkTold(Outcome told) {
        boolean committed = false;
        boolean wrote = false;
        for (int branch = 0; branch < of.branches(); branch++) {
            boolean writes = of.nature(branch).writes();
            wrote |= writes;
            committed |= writes && of.database(branch).state(of.xid(branch)) == SimDatabase.State.COMMITTED;
        }
        if (told instanceof Outcome.RolledBack && committed) {
            throw new PointViolation("an asker was told rolled back, but it was committed");
        }
        if (told instanceof Outcome.Committed && wrote && !committed) {
            throw new PointViolation("an asker was told committed, but it was not");
        }
    }
}
