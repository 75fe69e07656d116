package dev.assent.tx.news;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventStream;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import java.util.function.Consumer;

/** Tells of one branch to who listens. Thread-safe; waits for nothing. */
public final class BranchNews {
    private final Consumer<Event> told;
    private final String transaction;
    private final int branch;
    private final String resource;

    public BranchNews(EventStream events, String transaction, int branch, String resource) {
        this(events::tell, transaction, branch, resource);
    }

    /** The same for whoever is no stream. */
    public BranchNews(Consumer<Event> told, String transaction, int branch, String resource) {
        this.told = told;
        this.transaction = transaction;
        this.branch = branch;
        this.resource = resource;
    }

    /**
     * It takes part.
     *
     * @param trace the traceparent of the span that it works below; empty if there is none
     */
    public void enlisted(String trace) {
        told.accept(new BranchEvent.Enlisted(transaction, branch, resource, trace));
    }

    /**
     * It has answered to prepare.
     *
     * @param nanos since it was asked
     */
    public void voted(Vote vote, long nanos) {
        told.accept(new BranchEvent.Voted(
                transaction, branch, resource, vote.accept(new Cast()), nanos, vote.accept(new Cause())));
    }

    /**
     * It has answered to commit or rollback.
     *
     * @param nanos since it was first told to
     */
    public void answered(boolean commit, Completion completion, long nanos) {
        completion.accept(new Answered(commit, nanos));
    }

    private static final class Cast implements Vote.Handler<BranchEvent.Vote> {
        @Override
        public BranchEvent.Vote prepared(Vote.Prepared vote) {
            return BranchEvent.Vote.PREPARED;
        }

        @Override
        public BranchEvent.Vote readOnly(Vote.ReadOnly vote) {
            return BranchEvent.Vote.READ_ONLY;
        }

        @Override
        public BranchEvent.Vote rollback(Vote.Rollback vote) {
            return BranchEvent.Vote.ROLLBACK;
        }

        @Override
        public BranchEvent.Vote unconfirmed(Vote.Unconfirmed vote) {
            return BranchEvent.Vote.UNCONFIRMED;
        }
    }

    private static final class Cause implements Vote.Handler<String> {
        @Override
        public String prepared(Vote.Prepared vote) {
            return "";
        }

        @Override
        public String readOnly(Vote.ReadOnly vote) {
            return "";
        }

        @Override
        public String rollback(Vote.Rollback vote) {
            return vote.cause();
        }

        @Override
        public String unconfirmed(Vote.Unconfirmed vote) {
            return vote.cause();
        }
    }

    /** What a branch answered to its end. */
    private final class Answered implements Completion.Handler<Boolean> {
        private final boolean commit;
        private final long nanos;

        Answered(boolean commit, long nanos) {
            this.commit = commit;
            this.nanos = nanos;
        }

        private boolean ended(BranchEvent.End end) {
            told.accept(new BranchEvent.Ended(transaction, branch, resource, end, nanos));
            return true;
        }

        private boolean again(String cause) {
            told.accept(new BranchEvent.Retried(transaction, branch, resource, cause));
            return true;
        }

        @Override
        public Boolean done(Completion.Done completion) {
            return ended(commit ? BranchEvent.End.COMMITTED : BranchEvent.End.ROLLED_BACK);
        }

        @Override
        public Boolean notKnown(Completion.NotKnown completion) {
            return ended(BranchEvent.End.NOT_KNOWN);
        }

        @Override
        public Boolean retry(Completion.Retry completion) {
            return again(completion.cause());
        }

        @Override
        public Boolean unsent(Completion.Unsent completion) {
            return again(completion.cause());
        }

        /** It has not ended, and is prepared next. */
        @Override
        public Boolean needsPrepare(Completion.NeedsPrepare completion) {
            return false;
        }

        @Override
        public Boolean rolledBack(Completion.RolledBack completion) {
            return ended(BranchEvent.End.ROLLED_BACK);
        }

        @Override
        public Boolean heuristic(Completion.Heuristic completion) {
            BranchEvent.Hazard hazard =
                    switch (completion.outcome()) {
                        case COMMITTED -> BranchEvent.Hazard.COMMITTED;
                        case ROLLED_BACK -> BranchEvent.Hazard.ROLLED_BACK;
                        case MIXED -> BranchEvent.Hazard.MIXED;
                        case HAZARD -> BranchEvent.Hazard.HAZARD;
                    };
            told.accept(new BranchEvent.Heuristic(transaction, branch, resource, hazard, completion.cause()));
            return true;
        }
    }
}
