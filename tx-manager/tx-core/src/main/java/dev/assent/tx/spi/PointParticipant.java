package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.PointAnswer;
import dev.assent.tx.model.PointReadiness;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A branch that can decide its transaction: its resource keeps a table of decisions, where a row is committed together
 * with the branch's own work. The rules of {@link Participant} hold here too.
 */
public interface PointParticipant {

    /**
     * Looks at the work, which has ended, before any other branch is prepared. {@link PointReadiness.Assigned} means
     * that its transaction has an id, and that its commit will be durable before it is answered.
     *
     * @param assign give the transaction an id if it has none
     */
    CompletionStage<PointReadiness> ready(BranchId branch, boolean assign);

    /** Inserts COMMIT, naming the branches that are prepared, and commits, in one step. Once, after {@link #ready}. */
    CompletionStage<PointAnswer> commitThrough(BranchId branch, GlobalTxId transaction, List<BranchName> prepared);
}
