package dev.assent.rm.xa;

import dev.assent.rm.xa.BranchState.Stage;
import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

/** Phase 1 of one branch, over the connection that did its work: calls the driver, so it runs in the bulkhead. */
final class XaVoter {
    private final XaBranch branch;
    private final DatabaseTransaction witness;
    private final String name;

    XaVoter(XaBranch branch, DatabaseTransaction witness) {
        this.branch = branch;
        this.witness = witness;
        this.name = branch.home().name();
    }

    /** The end of the work may have told more than the application waited to hear. */
    Vote prepareUnless(Optional<XAException> objection) {
        if (objection.isEmpty()) {
            return prepare();
        }
        Completion unused = branch.rollbackHere();
        return new Vote.Rollback(
                "resource " + name + " failed at the end of its work: " + XaError.describe(objection.get()));
    }

    private Vote prepare() {
        Optional<String> objection = branch.state().objectionToPrepare(name);
        return objection.<Vote>map(Vote.Rollback::new).orElseGet(this::prepareWork);
    }

    private Vote prepareWork() {
        try {
            return inspectUnlessForetold().accept(new Voting());
        } catch (XAException e) {
            return prepareFailed(e);
        } catch (SQLException e) {
            Completion unused = branch.rollbackHere();
            return new Vote.Rollback("resource " + name + " failed before prepare: " + e.getMessage());
        }
    }

    /** The vote for what was found. */
    private final class Voting implements BranchWork.Handler<Vote, XAException> {
        @Override
        public Vote changed(BranchWork.Changed work) throws XAException {
            witness.is(work.witness());
            return prepareHere();
        }

        @Override
        public Vote unseen(BranchWork.Unseen work) throws XAException {
            return prepareUnseen();
        }

        @Override
        public Vote nothing(BranchWork.Nothing work) {
            Completion unused = branch.rollbackHere();
            return new Vote.ReadOnly();
        }

        @Override
        public Vote failed(BranchWork.Failed work) {
            Completion unused = branch.rollbackHere();
            return new Vote.Rollback(name + ": " + work.cause());
        }

        @Override
        public Vote ended(BranchWork.Ended work) {
            Completion unused = branch.leaveEnded();
            return new Vote.Rollback(branch.home().endedByApplication());
        }
    }

    /**
     * Of a branch whose work has ended and that is to be rolled back: whether it is there, which its driver tells of
     * prepared ones only. Nobody waits for the vote.
     */
    void prepareToSee() {
        Vote unused = prepareWork();
    }

    private BranchWork inspectUnlessForetold() throws SQLException {
        if (branch.isUntouched()) {
            return new BranchWork.Nothing();
        }
        if (branch.connection().isEmpty()) {
            return branch.quirks().outOfSight();
        }
        Connection connection = branch.connection().get();
        WorkForecast forecast = branch.home().forecast();
        if (!forecast.isDoubtful()) {
            Optional<BranchWork> known = branch.quirks().glance(connection);
            if (known.isPresent()) {
                return known.get();
            }
        }
        BranchWork work = branch.quirks().inspect(connection);
        forecast.found(!(work instanceof BranchWork.Nothing));
        return work;
    }

    private Vote prepareHere() throws XAException {
        int answer = branch.resource().prepare(branch.xid());
        branch.state().to(Stage.PREPARED);
        if (answer == XAResource.XA_RDONLY && !branch.quirks().saysReadOnlyOfPrepared()) {
            branch.state().to(Stage.FINISHED);
            return new Vote.ReadOnly();
        }
        return new Vote.Prepared();
    }

    /** Nothing was seen of its work, so what the driver says of it is compared with what the database lists. */
    private Vote prepareUnseen() throws XAException {
        if (UnseenBranch.isAborted(branch.resource(), branch.quirks())) {
            Completion unused = branch.rollbackHere();
            return new Vote.Rollback(name + ": an earlier statement failed, and the whole branch with it");
        }
        int answer = branch.resource().prepare(branch.xid());
        branch.state().to(Stage.PREPARED);
        boolean readOnly = answer == XAResource.XA_RDONLY && !branch.quirks().saysReadOnlyOfPrepared();
        if (!readOnly) {
            branch.notVerified(); // and stays so if the question fails; one that changed nothing may be gone
        }
        try {
            if (UnseenBranch.isPrepared(branch.resource(), branch.id(), branch.home())) {
                branch.verified();
                return new Vote.Prepared(); // what is prepared has to be ended, whatever it was called
            }
        } catch (SQLException away) {
            Completion unused = branch.rollbackHere();
            return new Vote.Rollback("resource " + name + " does not list its branch as prepared, and cannot be asked"
                    + " over another connection: " + away.getMessage());
        }
        if (readOnly) {
            branch.state().to(Stage.FINISHED);
            return new Vote.ReadOnly();
        }
        branch.notListed();
        return new Vote.Rollback(branch.home().notListed());
    }

    /** XA says that a branch is gone after XA_RB*; some drivers keep it open until it is rolled back all the same. */
    private Vote prepareFailed(XAException failure) {
        String cause = "resource " + name + " refused: " + XaError.describe(failure);
        Vote vote = XaError.of(failure).vote(cause);
        if (failure.getCause() instanceof SQLException refusal
                && branch.quirks().cannotPrepare(refusal)) {
            branch.home().forecast().giveUp();
            vote = new Vote.Rollback(cause); // whatever the driver's code: the server has answered
        }
        if (vote instanceof Vote.ReadOnly) {
            branch.state().to(Stage.FINISHED);
        } else {
            Completion unused = branch.rollbackHere();
        }
        return vote;
    }
}
