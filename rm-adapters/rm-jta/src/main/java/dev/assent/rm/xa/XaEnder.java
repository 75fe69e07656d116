package dev.assent.rm.xa;

import dev.assent.rm.xa.BranchState.Stage;
import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.tx.model.Completion;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.transaction.xa.XAException;

/**
 * The end of one branch, over its own connection while that is clear and over fresh ones afterwards. Calls the driver,
 * so it runs in the bulkhead, one call at a time.
 */
final class XaEnder {
    private final XaBranch branch;
    private final DatabaseTransaction witness;
    private final XaVoter voter;
    private final String name;
    private final Consumer<CompletionStage<Void>> awaitCut;
    /** A one-phase commit was sent and its answer lost. */
    private volatile boolean commitLost;

    /** {@code awaitCut} waits a moment for a connection to be cut. */
    XaEnder(XaBranch branch, DatabaseTransaction witness, XaVoter voter, Consumer<CompletionStage<Void>> awaitCut) {
        this.branch = branch;
        this.witness = witness;
        this.voter = voter;
        this.name = branch.home().name();
        this.awaitCut = awaitCut;
    }

    Completion commit() {
        return switch (branch.state().stage()) {
            case FINISHED -> new Completion.Done();
            case PREPARED ->
                after(witness.afterCommit(XaCommands.commit(branch.resource(), branch.xid(), branch.quirks())));
            case CREATED, WORKING, ENDED, DETACHED ->
                witness.afterCommit(branch.home().recoverer().commitNow(branch.id()));
        };
    }

    Completion commitOnePhase() {
        if (commitLost) {
            return witness.ended();
        }
        Stage now = branch.state().stage();
        if (now == Stage.PREPARED || now == Stage.DETACHED) {
            return commit();
        }
        if (now != Stage.ENDED) {
            return new Completion.RolledBack("the branch in " + name + " is not open any more");
        }
        try {
            BranchWork work = inspect();
            return work instanceof BranchWork.Unseen ? new Completion.NeedsPrepare() : commitInOnePhase(work);
        } catch (SQLException e) {
            Completion unused = branch.rollbackHere();
            return new Completion.RolledBack("resource " + name + " failed before commit: " + e.getMessage());
        }
    }

    private BranchWork inspect() throws SQLException {
        if (branch.isUntouched()) {
            return new BranchWork.Nothing();
        }
        return branch.connection().isPresent()
                ? branch.quirks().inspect(branch.connection().get())
                : branch.quirks().outOfSight();
    }

    private Completion commitInOnePhase(BranchWork work) throws SQLException {
        if (work instanceof BranchWork.Ended) {
            return branch.leaveEnded();
        }
        if (branch.isUntouched()) {
            Completion unused = branch.rollbackHere();
            return new Completion.Done();
        }
        if (work instanceof BranchWork.Failed failed) {
            Completion unused = branch.rollbackHere();
            return new Completion.RolledBack(name + ": " + failed.cause());
        }
        try {
            branch.resource().commit(branch.xid(), true);
            branch.state().to(Stage.FINISHED);
            return new Completion.Done();
        } catch (XAException e) {
            XaCommands.letForgetIfAgreed(XaError.of(e), branch.resource(), branch.xid());
            return onePhaseFailed(XaError.of(e).ofCommitOnePhase(XaError.describe(e)), work);
        } catch (RuntimeException | Error bug) {
            // A driver's bug after it had told the server leaves the same doubt as an answer that is lost.
            answerLost(work);
            throw bug;
        }
    }

    private Completion onePhaseFailed(Completion answer, BranchWork work) {
        if (answer instanceof Completion.RolledBack) {
            Completion unused = branch.rollbackHere();
            return answer;
        }
        if (answer instanceof Completion.Retry) {
            answerLost(work);
        } else {
            branch.state().detach();
        }
        return answer;
    }

    private void answerLost(BranchWork work) {
        branch.state().detach();
        if (work instanceof BranchWork.Changed changed) {
            witness.is(changed.witness());
            commitLost = true;
        }
    }

    Completion rollback() {
        return switch (branch.state().stage()) {
            // Work that begins at this very moment is rolled back as such.
            case CREATED, FINISHED -> branch.state().finishUnlessBegun() ? branch.rolledBackBefore() : rollback();
            case WORKING -> rollbackUnderWork();
            case ENDED -> rollbackOfWork();
            case PREPARED ->
                after(witness.afterRollback(XaCommands.rollback(branch.resource(), branch.xid(), branch.quirks())));
            case DETACHED -> rollbackElsewhere();
        };
    }

    private Completion rollbackElsewhere() {
        return branch.gone(witness.afterRollback(branch.home().recoverer().rollbackNow(branch.id())));
    }

    /**
     * The transaction ends while the application still works. Its connection must not survive that: the next
     * statement on it would run outside the transaction, and be committed.
     */
    private Completion rollbackUnderWork() {
        Optional<CompletionStage<Void>> cut = branch.takeFromWork();
        if (cut.isPresent()) {
            awaitCut.accept(cut.get());
            return branch.rolledBackBefore();
        }
        if (branch.connection().isPresent()) {
            return rollback(); // the work has ended meanwhile
        }
        branch.state().to(Stage.ENDED);
        try {
            branch.endInDriver(false);
        } catch (XAException never) {
            throw new IllegalStateException("what is said against a branch that rolls back is of no interest", never);
        }
        return rollbackOfWork();
    }

    /** Of a branch that was never prepared, not to be known any more is to be rolled back. */
    private Completion rollbackOfWork() {
        if (branch.isEndedUnseen()) {
            return branch.leaveEnded();
        }
        if (branch.connection().isEmpty() && branch.quirks().rollsBackWhatIsGone()) {
            voter.prepareToSee();
            if (branch.state().stage() != Stage.ENDED) {
                return rollback();
            }
        }
        Completion answer = branch.rollbackHere();
        if (answer instanceof Completion.Heuristic || branch.state().stage() == Stage.FINISHED) {
            return answer instanceof Completion.NotKnown ? new Completion.Done() : answer;
        }
        return rollbackElsewhere();
    }

    private Completion after(Completion answer) {
        if (answer instanceof Completion.Done) {
            branch.state().to(Stage.FINISHED);
        } else {
            branch.state().detach();
        }
        return answer;
    }
}
