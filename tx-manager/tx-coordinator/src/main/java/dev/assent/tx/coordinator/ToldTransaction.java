package dev.assent.tx.coordinator;

import dev.assent.event.Event;
import dev.assent.event.EventStream;
import dev.assent.event.StepEvent;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import dev.assent.trace.Tracing;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.news.BranchNews;
import dev.assent.tx.news.OutcomeName;
import dev.assent.tx.protocol.Message;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transaction that is told to who listens. What comes before it is named is told with its name. */
final class ToldTransaction implements TransactionNews {
    private static final TransactionEvent.Outcome NOTHING_LEARNED = TransactionEvent.Outcome.UNKNOWN;

    private final EventStream events;
    private final Clock clock;
    private final Function<BranchName, String> resources;
    private final long begunNanos;
    private final boolean followed;
    private volatile @Nullable String id;
    private volatile String trace = "";
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
        this.followed = events.isFollowed();
    }

    private void tell(Event event) {
        events.tell(event);
    }

    private String id() {
        return String.valueOf(id);
    }

    private BranchNews news(Branch branch) {
        return new BranchNews(events, id(), branch.name().number(), resources.apply(branch.name()));
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
            trace = events.tracing().begin(id());
            tell(new TransactionEvent.Begun(id(), name.deadlineEpochMillis(), trace));
        }
    }

    @Override
    public void enlisted(Branch branch) {
        news(branch).enlisted(trace);
    }

    @Override
    public String trace() {
        return trace;
    }

    @Override
    public boolean isTraced() {
        return events.tracing() != Tracing.NONE;
    }

    @Override
    public void ending(boolean commit, int branches) {
        preparingNanos = new long[branches];
        phaseTwoNanos = new long[branches];
        endingNanos = now();
        tell(new TransactionEvent.Ending(id(), commit, branches));
    }

    @Override
    public void machine(String machine, List<Branch> branches, Map<String, String> settings) {
        if (followed) {
            List<Integer> numbers =
                    branches.stream().map(branch -> branch.name().number()).toList();
            tell(new StepEvent.Started(id(), machine, numbers, settings));
        }
    }

    @Override
    public void stepped(Message<?> input, List<? extends Message<?>> commands) {
        if (followed) {
            tell(new StepEvent.Stepped(
                    id(),
                    (Record) input,
                    commands.stream().map(Record.class::cast).toList()));
        }
    }

    @Override
    public void prepareAsked(int place) {
        preparingNanos[place] = now();
    }

    @Override
    public void voted(Branch branch, int place, Vote vote) {
        news(branch).voted(vote, now() - preparingNanos[place]);
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
        news(branch).answered(commit, completion, now() - phaseTwoNanos[place]);
    }

    @Override
    public void callerTold(Outcome told) {
        tell(new TransactionEvent.Answered(id(), OutcomeName.of(told), now() - endingNanos));
    }

    @Override
    public void learned(Outcome known) {
        outcome = OutcomeName.of(known);
    }

    @Override
    public void finished() {
        long now = now();
        long phaseTwoBegan = decidedNanos != 0 ? decidedNanos : endingNanos;
        tell(new TransactionEvent.Ended(id(), outcome, now - begunNanos, now - phaseTwoBegan));
    }
}
