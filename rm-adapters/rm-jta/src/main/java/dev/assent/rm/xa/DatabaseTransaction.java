package dev.assent.rm.xa;

import dev.assent.tx.model.Completion;
import dev.assent.tx.model.HeuristicOutcome;
import java.sql.SQLException;

/**
 * The database's own name for the transaction of a branch: by it, and over any connection, it may tell how a branch
 * ended that it knows no more. Thread-safe.
 */
final class DatabaseTransaction {
    private final XaResourceManager home;
    private volatile String name = "";

    DatabaseTransaction(XaResourceManager home) {
        this.home = home;
    }

    /** Empty when the database was not asked, or has no such name. */
    void is(String found) {
        name = found;
    }

    /** The answer to a commit, with what is known of a branch that is gone without our doing. */
    Completion afterCommit(Completion answer) {
        return answer instanceof Completion.NotKnown ? endedBefore() : answer;
    }

    /** The same of a rollback. */
    Completion afterRollback(Completion answer) {
        if (!(answer instanceof Completion.NotKnown)) {
            return answer;
        }
        Completion ended = endedBefore();
        if (ended instanceof Completion.RolledBack) {
            return new Completion.Done();
        }
        return ended instanceof Completion.Done
                ? new Completion.Heuristic(
                        HeuristicOutcome.COMMITTED, home.name() + " says that its branch was committed")
                : ended;
    }

    /** What was told found no branch, so nothing came of it, even if the database cannot be asked further now. */
    private Completion endedBefore() {
        Completion ended = ended();
        return ended instanceof Completion.Retry notNow ? new Completion.Unsent(notNow.cause()) : ended;
    }

    /** How the transaction ended; it may be by a commit of ours whose answer is lost. */
    Completion ended() {
        try {
            return name.isEmpty() ? new Completion.NotKnown() : home.settle(name);
        } catch (SQLException e) {
            return new Completion.Retry("resource " + home.name() + " cannot be reached: " + e.getMessage());
        }
    }
}
