package dev.assent.rm.atomikos;

import com.atomikos.datasource.xa.RecoveryScan;
import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.datasource.xa.XID;
import com.atomikos.icatch.event.transaction.ParticipantHeuristicEvent;
import com.atomikos.publish.EventPublisher;
import com.atomikos.recovery.TxState;
import com.atomikos.recovery.xa.XARecoveryManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches of one log that one resource holds prepared, and the way to end them.
 *
 * @param branches found by the scan; they may have ended since
 */
record BranchScan(String resourceName, XAResource xa, List<Branch> branches) {
    private static final Logger LOG = LoggerFactory.getLogger(BranchScan.class);

    private static final String NOBODY = "assent: nobody's branches";

    /** @param coordinator the id of the coordinator, as in the gtrid */
    record Branch(XID xid, String coordinator) {}

    /** Scans; empty if the resource cannot be asked now. */
    static Optional<BranchScan> of(XATransactionalResource resource, XidNames names) {
        try {
            XAResource xa = resource.getXAResource();
            if (xa == null) {
                return Optional.empty();
            }
            List<Branch> found = new ArrayList<>();
            for (XID xid : RecoveryScan.recoverXids(xa, xid -> true)) {
                names.coordinatorOf(xid).ifPresent(coordinator -> found.add(new Branch(xid, coordinator)));
            }
            return Optional.of(new BranchScan(resource.getName(), xa, List.copyOf(found)));
        } catch (XAException | RuntimeException e) {
            LOG.warn("resource {} cannot be asked for its branches; it is tried again", resource.getName(), e);
            renewConnection(resource);
            return Optional.empty();
        }
    }

    /**
     * A resource renews its connection only inside its own recovery, and only when that fails. A manager of a name that
     * no branch has, given nothing to commit, ends no branch. There is one for all resources, which several threads may
     * install and take away here at once: at worst one of them is renewed by the next pass only.
     */
    private static void renewConnection(XATransactionalResource resource) {
        XARecoveryManager.installXARecoveryManager(NOBODY);
        try {
            resource.recover(0, List.of(), List.of());
        } catch (RuntimeException e) {
            LOG.debug("resource {} cannot be reached", resource.getName(), e);
        } finally {
            XARecoveryManager.installXARecoveryManager(null);
        }
    }

    /** Tells the branch to commit. To be called under a durable decision only. */
    BranchEnd commit(Branch branch) {
        try {
            xa.commit(branch.xid(), false);
            LOG.info("recovered by commit: {} in {}", branch.coordinator(), resourceName);
            return BranchEnd.ENDED;
        } catch (XAException e) {
            return switch (e.errorCode) {
                case XAException.XAER_NOTA -> BranchEnd.ENDED;
                case XAException.XA_HEURCOM -> forget(branch);
                case XAException.XA_HEURRB -> heuristic(branch, TxState.HEUR_ABORTED, BranchEnd.ROLLED_BACK_ALONE);
                case XAException.XA_HEURMIX -> heuristic(branch, TxState.HEUR_MIXED, BranchEnd.MIXED_ALONE);
                case XAException.XA_HEURHAZ -> heuristic(branch, TxState.HEUR_HAZARD, BranchEnd.HAZARD_ALONE);
                default -> retry(branch, "commit", e);
            };
        }
    }

    /** Tells the branch to roll back. To be called only when no decision can appear. */
    BranchEnd rollback(Branch branch) {
        try {
            xa.rollback(branch.xid());
            LOG.info("recovered by rollback: {} in {}", branch.coordinator(), resourceName);
            return BranchEnd.ENDED;
        } catch (XAException e) {
            if (XAException.XA_RBBASE <= e.errorCode && e.errorCode <= XAException.XA_RBEND) {
                return BranchEnd.ENDED;
            }
            return switch (e.errorCode) {
                case XAException.XAER_NOTA -> BranchEnd.ENDED;
                case XAException.XA_HEURRB -> forget(branch);
                case XAException.XA_HEURCOM -> heuristic(branch, TxState.HEUR_COMMITTED, BranchEnd.COMMITTED_ALONE);
                case XAException.XA_HEURMIX -> heuristic(branch, TxState.HEUR_MIXED, BranchEnd.MIXED_ALONE);
                case XAException.XA_HEURHAZ -> heuristic(branch, TxState.HEUR_HAZARD, BranchEnd.HAZARD_ALONE);
                default -> retry(branch, "rollback", e);
            };
        }
    }

    /** The resource decided by itself, as told now or as others keep: it need not remember. */
    BranchEnd forget(Branch branch) {
        try {
            xa.forget(branch.xid());
            return BranchEnd.ENDED;
        } catch (XAException e) {
            return e.errorCode == XAException.XAER_NOTA ? BranchEnd.ENDED : retry(branch, "forget", e);
        }
    }

    /** Atomicity is broken by the resource. Neither it nor the log forgets: an operator has to look. */
    private BranchEnd heuristic(Branch branch, TxState state, BranchEnd alone) {
        LOG.error(
                "resource {} ended branch {} of transaction {} by itself: {}; repair its data, then make the"
                        + " resource forget the branch",
                resourceName,
                branch.xid(),
                branch.coordinator(),
                state);
        EventPublisher.INSTANCE.publish(
                new ParticipantHeuristicEvent(branch.coordinator(), branch.xid().toString(), state));
        return alone;
    }

    private BranchEnd retry(Branch branch, String what, XAException e) {
        LOG.warn(
                "{} of {} in {} failed with XA error {}; it is tried again",
                what,
                branch.coordinator(),
                resourceName,
                e.errorCode,
                e);
        return BranchEnd.OPEN;
    }
}
