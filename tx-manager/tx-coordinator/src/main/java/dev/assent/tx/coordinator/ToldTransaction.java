package dev.assent.tx.coordinator;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventStream;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transaction that is told to who listens. What comes before it is named is told with its name. */
final class ToldTransaction implements TransactionNews {
    private static final TransactionEvent.Outcome NOTHING_LEARNED = TransactionEvent.Outcome.UNKNOWN;

    private final EventStream events;
    private final Clock clock;
    private final Function<BranchName, String> resources;
    private final long begunNanos;
    private volatile @Nullable String id;
    private volatile long endingNanos;
    private volatile long decisionNanos;
    private volatile long decidedNanos;
    private volatile TransactionEvent.Outcome outcome = NOTHING_LEARNED;
    /** When each branch was asked to prepare, and first told to end. Each place is written before its branch is asked. */
    private volatile long[] preparingNanos = {};

    private volatile long[] phaseTwoNanos = {};

    /** @param resources the name of a branch's resource */
    ToldTransaction(EventStream events, Clock clock, Function<BranchName, String> resources) {
        this.events = events;
        this.clock = clock;
        this.resources = resources;
        this.begunNanos = clock.nanos();
    }

    private void tell(Event event) {
        events.tell(event);
    }

    private String id() {
        return String.valueOf(id);
    }

    private String resource(Branch branch) {
        return resources.apply(branch.name());
    }

    /** 0 stands for never. */
    private long now() {
        long now = clock.nanos();
        return now == 0 ? 1 : now;
    }

    @Override
    public void named(GlobalTxId name) {
        if (id == null) {
            id = name.toHex();
            tell(new TransactionEvent.Begun(id(), name.deadlineEpochMillis()));
        }
    }

    @Override
    public void enlisted(Branch branch) {
        tell(new BranchEvent.Enlisted(id(), branch.name().number(), resource(branch)));
    }

    @Override
    public void ending(boolean commit, int branches) {
        preparingNanos = new long[branches];
        phaseTwoNanos = new long[branches];
        endingNanos = now();
        tell(new TransactionEvent.Ending(id(), commit, branches));
    }

    @Override
    public void prepareAsked(int place) {
        preparingNanos[place] = now();
    }

    @Override
    public void voted(Branch branch, int place, Vote vote) {
        BranchEvent.Vote cast = vote.accept(new Cast());
        String cause = vote.accept(new Cause());
        long nanos = now() - preparingNanos[place];
        tell(new BranchEvent.Voted(id(), branch.name().number(), resource(branch), cast, nanos, cause));
    }

    @Override
    public void decisionAsked() {
        if (decisionNanos == 0) {
            decisionNanos = now();
            tell(new TransactionEvent.Prepared(id(), decisionNanos - endingNanos));
        }
    }

    @Override
    public void decided(TransactionEvent.Decision decision) {
        if (decidedNanos == 0) {
            decidedNanos = now();
            tell(new TransactionEvent.Decided(id(), decision, decidedNanos - decisionNanos));
        }
    }

    @Override
    public void endAsked(int place) {
        if (phaseTwoNanos[place] == 0) {
            phaseTwoNanos[place] = now();
        }
    }

    @Override
    public void answered(Branch branch, int place, boolean commit, Completion completion) {
        completion.accept(new Answered(branch, commit, now() - phaseTwoNanos[place]));
    }

    @Override
    public void callerTold(Outcome told) {
        tell(new TransactionEvent.Answered(id(), named(told), now() - endingNanos));
    }

    @Override
    public void learned(Outcome known) {
        outcome = named(known);
    }

    @Override
    public void finished() {
        long now = now();
        long phaseTwoBegan = decidedNanos != 0 ? decidedNanos : endingNanos;
        tell(new TransactionEvent.Ended(id(), outcome, now - begunNanos, now - phaseTwoBegan));
    }

    private static TransactionEvent.Outcome named(Outcome outcome) {
        return outcome.accept(new OutcomeName());
    }

    private static final class OutcomeName implements Outcome.Handler<TransactionEvent.Outcome> {
        @Override
        public TransactionEvent.Outcome committed(Outcome.Committed outcome) {
            return TransactionEvent.Outcome.COMMITTED;
        }

        @Override
        public TransactionEvent.Outcome rolledBack(Outcome.RolledBack outcome) {
            return TransactionEvent.Outcome.ROLLED_BACK;
        }

        @Override
        public TransactionEvent.Outcome heuristicMixed(Outcome.HeuristicMixed outcome) {
            return TransactionEvent.Outcome.HEURISTIC_MIXED;
        }

        @Override
        public TransactionEvent.Outcome heuristicRolledBack(Outcome.HeuristicRolledBack outcome) {
            return TransactionEvent.Outcome.HEURISTIC_ROLLED_BACK;
        }

        @Override
        public TransactionEvent.Outcome heuristicHazard(Outcome.HeuristicHazard outcome) {
            return TransactionEvent.Outcome.HEURISTIC_HAZARD;
        }

        @Override
        public TransactionEvent.Outcome unknown(Outcome.Unknown outcome) {
            return TransactionEvent.Outcome.UNKNOWN;
        }
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
        private final Branch branch;
        private final boolean commit;
        private final long nanos;

        Answered(Branch branch, boolean commit, long nanos) {
            this.branch = branch;
            this.commit = commit;
            this.nanos = nanos;
        }

        private boolean ended(BranchEvent.End end) {
            tell(new BranchEvent.Ended(id(), branch.name().number(), resource(branch), end, nanos));
            return true;
        }

        private boolean again(String cause) {
            tell(new BranchEvent.Retried(id(), branch.name().number(), resource(branch), cause));
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
            tell(new BranchEvent.Heuristic(id(), branch.name().number(), resource(branch), hazard, completion.cause()));
            return true;
        }
    }
}
