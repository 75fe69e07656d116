package dev.assent.rm.xa;

import dev.assent.rm.xa.BranchState.Stage;
import dev.assent.rm.xa.quirk.BranchWork;
import dev.assent.rm.xa.quirk.DecisionStatements;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.transaction.xa.XAException;

/**
 * One branch as the commit point of its transaction: never prepared, it commits together with the row that decides. The
 * database is asked whether the work has given its transaction an id, unless its statements have before
 * ({@link WritingStatements}); either way it refuses the row to one that has none. Calls the driver, so it runs in the bulkhead, one call at a time.
 */
final class XaPoint {
    private final XaBranch branch;
    private final String name;
    /** The database was not asked; calls come one at a time, on any thread. */
    private volatile boolean believed;

    XaPoint(XaBranch branch) {
        this.branch = branch;
        this.name = branch.home().name();
    }

    /** The end of the work may have told more than the application waited to hear. */
    PointReadiness ready(Optional<XAException> objection, boolean assign) {
        if (objection.isPresent()) {
            return rolledBack("failed at the end of its work: " + XaError.describe(objection.get()));
        }
        Optional<String> notOpen = branch.state().objectionToPrepare(name);
        if (notOpen.isPresent()) {
            return new PointReadiness.Refused(notOpen.get());
        }
        Optional<Connection> connection = branch.connection();
        if (connection.isEmpty()) {
            return rolledBack(
                    "keeps decisions, and its JDBC connection is out of sight: enlist it with the connection");
        }
        try {
            if (branch.isUntouched() && !assign) {
                return new PointReadiness.Unassigned();
            }
            if (branch.home().writingStatements().tellAnId(branch.writers()) && branch.seal()) {
                believed = true;
                return new PointReadiness.Assigned();
            }
            branch.begin();
            return branch.home()
                    .decisionStatements()
                    .ready(connection.get(), assign)
                    .accept(new Readiness());
        } catch (SQLException | IllegalStateException e) {
            return rolledBack("failed before it could decide: " + e.getMessage());
        }
    }

    private PointReadiness rolledBack(String cause) {
        Completion unused = branch.rollbackHere();
        return new PointReadiness.Refused("resource " + name + " " + cause);
    }

    /** What is found of the work. */
    private final class Readiness implements BranchWork.Handler<PointReadiness, SQLException> {
        @Override
        public PointReadiness changed(BranchWork.Changed work) {
            branch.home().writingStatements().seenWithId(branch.writers());
            return new PointReadiness.Assigned();
        }

        @Override
        public PointReadiness unseen(BranchWork.Unseen work) {
            return rolledBack("does not show what was done in it");
        }

        @Override
        public PointReadiness nothing(BranchWork.Nothing work) {
            return new PointReadiness.Unassigned();
        }

        @Override
        public PointReadiness failed(BranchWork.Failed work) {
            return rolledBack("cannot commit: " + work.cause());
        }

        @Override
        public PointReadiness ended(BranchWork.Ended work) {
            Completion unused = branch.leaveEnded();
            return new PointReadiness.Refused(branch.home().endedByApplication());
        }
    }

    PointAnswer commitThrough(GlobalTxId transaction, List<BranchName> prepared) {
        if (branch.state().stage() != Stage.ENDED || branch.connection().isEmpty()) {
            return new PointAnswer.Refused("the branch in " + name + " is not open any more");
        }
        PointAnswer answer;
        try {
            DecisionStatements statements = branch.home().decisionStatements();
            answer = statements.insertAndCommit(branch.connection().get(), transaction, prepared);
        } catch (SQLException | IllegalStateException e) {
            answer = new PointAnswer.Refused("resource " + name + ": " + e.getMessage()); // it was not told
        }
        return answer.accept(new Aftermath());
    }

    /** What becomes of the branch. */
    private final class Aftermath implements PointAnswer.Handler<PointAnswer> {

        /** Nothing of the outcome depends on whether the driver takes note. */
        @Override
        public PointAnswer committed(PointAnswer.Committed answer) {
            branch.committedBySql();
            branch.state().to(Stage.FINISHED);
            return answer;
        }

        @Override
        public PointAnswer aborted(PointAnswer.Aborted answer) {
            Completion unused = branch.rollbackHere();
            return answer;
        }

        @Override
        public PointAnswer refused(PointAnswer.Refused answer) {
            if (believed && answer.unassigned()) {
                branch.home().writingStatements().refuted(branch.writers());
            }
            Completion unused = branch.rollbackHere();
            return answer;
        }

        /** Whatever is still on its way must not come from a connection that serves somebody else by then. */
        @Override
        public PointAnswer lost(PointAnswer.Lost answer) {
            branch.state().detach();
            CompletionStage<Void> unused = branch.sever();
            return answer;
        }
    }
}
