package dev.assent.rm.jta;

import dev.assent.rm.xa.XaParticipant;
import dev.assent.rm.xa.XaXid;
import dev.assent.tx.model.BranchId;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * One driver's resource object in a branch: not associated, associated or suspended (Jakarta Transactions 2.0, section
 * 3.4.4). The first one of a branch is the one that prepares and completes it; others may join it, and only work.
 * Guarded by its {@link LocalBranches}.
 */
final class Association {
    private final NamedXaResource resource;
    private final XaParticipant branch;
    private final ObservedParticipant observed;
    private final BranchId id;
    private final Xid xid;
    private final boolean joins;
    private boolean associated;
    private boolean suspended;
    /** The application works over a connection of its own, past all that looks after statements. */
    private boolean bare;

    private Association(
            NamedXaResource resource, XaParticipant branch, ObservedParticipant observed, BranchId id, boolean joins) {
        this.resource = resource;
        this.branch = branch;
        this.observed = observed;
        this.id = id;
        this.xid = new XaXid(id);
        this.joins = joins;
    }

    /** The first of a branch. */
    static Association first(
            NamedXaResource resource, BranchId id, XaParticipant branch, ObservedParticipant observed) {
        return new Association(resource, branch, observed, id, false);
    }

    /** One more in the branch of this one. */
    Association joinedBy(NamedXaResource other) {
        return new Association(other, branch, observed, id, true);
    }

    /** The same branch, of which no work has begun, over another connection. */
    Association movedTo(NamedXaResource other, XaParticipant instead) {
        observed.instead(instead);
        return new Association(other, instead, observed, id, false);
    }

    BranchId id() {
        return id;
    }

    /** Whether that resource object belongs into the branch of this one. */
    boolean takes(NamedXaResource other) {
        try {
            return !joins
                    && resource.home() == other.home()
                    && resource.abilities().joins()
                    && other.abilities().joins()
                    && resource.driver().isSameRM(other.driver());
        } catch (XAException e) {
            return false; // a branch of its own is always right
        }
    }

    boolean isOf(XAResource driver) {
        return resource.driver() == driver;
    }

    XAResource driver() {
        return resource.driver();
    }

    boolean isFirst() {
        return !joins;
    }

    XaParticipant branch() {
        return branch;
    }

    ObservedParticipant observed() {
        return observed;
    }

    /** Begins work, or goes on with it; does nothing while it is under way. */
    void start() throws XAException {
        if (suspended) {
            resource.driver().start(xid, XAResource.TMRESUME);
        } else if (joins && !associated) {
            resource.driver().start(xid, XAResource.TMJOIN);
        } else if (!joins) {
            branch.unwatched();
            branch.start();
        }
        suspended = false;
        associated = true;
        bare = true;
    }

    /** Whether the application has ended the branch itself, as far as its connection shows. */
    boolean isEndedBySql() {
        return bare && resource.connection() != null && resource.home().isEndedBySql(resource.connection());
    }

    /** How people are told of {@link #isEndedBySql}. */
    String endedByApplication() {
        return resource.home().endedByApplication();
    }

    /** The pool starts it by itself. */
    void startedElsewhere() {
        associated = true;
    }

    /** Suspends the work where the resource manager can; elsewhere it stays as it is, and nobody else gets at it. */
    boolean suspend() throws XAException {
        boolean running = associated && !suspended;
        if (running && resource.abilities().suspends()) {
            resource.driver().end(xid, XAResource.TMSUSPEND);
            suspended = true;
        }
        return running;
    }

    /** Ends the work; tells whether there was any under way, suspended or not. */
    boolean end(boolean successful) throws XAException {
        boolean was = associated;
        associated = false;
        suspended = false;
        if (!joins) {
            branch.end(successful);
        } else if (was) {
            resource.driver().end(xid, successful ? XAResource.TMSUCCESS : XAResource.TMFAIL);
        }
        return was;
    }
}
