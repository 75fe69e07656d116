package dev.assent.rm.atomikos;

import com.atomikos.icatch.config.Configuration;
import dev.assent.rm.atomikos.SubordinateRule.Coordinator;
import dev.assent.rm.atomikos.SubordinateRule.OnEnd;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * All branches of one log, worked on here or left by an earlier process: what {@link SubordinateRule} says is done.
 * Calls of Atomikos' coordinators and passes of recovery have threads of their own each, so that coordinators that wait
 * for a database do not keep recovery from the others. Thread-safe.
 */
final class SubordinateParticipant implements Participant {
    private final String resource;
    private final SubordinateVotes votes;
    private final Bulkhead working;
    private final Bulkhead recovering;
    private final Map<BranchId, Subordinate> live = new ConcurrentHashMap<>();

    SubordinateParticipant(String resource, SubordinateVotes votes, Bulkhead working, Bulkhead recovering) {
        this.resource = resource;
        this.votes = votes;
        this.working = working;
        this.recovering = recovering;
    }

    /** From now on its coordinator is told, as long as it answers. */
    void begins(BranchId branch, Subordinate subordinate) {
        live.put(branch, subordinate);
    }

    /** Branches that work here, or have not been told their end. */
    int liveCount() {
        return live.size();
    }

    Coordinator coordinator(BranchId branch) {
        return Optional.ofNullable(live.get(branch))
                .map(Subordinate::coordinator)
                .orElse(Coordinator.NONE);
    }

    @Override
    public CompletionStage<Vote> prepare(BranchId branch) {
        return working.call(() -> prepareNow(branch), Vote.Rollback::new, Vote.Unconfirmed::new);
    }

    private Vote prepareNow(BranchId branch) {
        return switch (SubordinateRule.onPrepare(coordinator(branch), votes.isVoted(branch))) {
            case ASK -> asked(branch);
            case YES -> new Vote.Prepared();
            case NO ->
                new Vote.Rollback("what Atomikos did in " + resource + " is gone: its transaction took too long ("
                        + LogSettings.MAX_TIMEOUT + "), or its process was restarted");
        };
    }

    private Vote asked(BranchId branch) {
        Vote vote = here(branch).prepare(Configuration.getCompositeTransactionManager());
        if (vote instanceof Vote.ReadOnly) {
            live.remove(branch);
        }
        return vote;
    }

    private Subordinate here(BranchId branch) {
        Subordinate here = live.get(branch);
        if (here == null) {
            throw new IllegalStateException("branch " + branch + " has just ended");
        }
        return here;
    }

    /** Atomikos keeps nothing that would tell later how a commit in one phase ended. */
    @Override
    public CompletionStage<Completion> commitOnePhase(BranchId branch) {
        return CompletableFuture.completedStage(new Completion.NeedsPrepare());
    }

    @Override
    public CompletionStage<Completion> commit(BranchId branch) {
        return end(
                branch,
                SubordinateRule.onCommit(coordinator(branch), votes.isVoted(branch)),
                Decision.COMMIT,
                () -> here(branch).commit());
    }

    @Override
    public CompletionStage<Completion> rollback(BranchId branch) {
        return end(
                branch,
                SubordinateRule.onRollback(coordinator(branch), votes.isVoted(branch)),
                Decision.ABORT,
                () -> rollbackHere(branch));
    }

    private Completion rollbackHere(BranchId branch) {
        Subordinate here = here(branch);
        Completion answer = here.rollback();
        if (!answer.endsBranch() && !votes.isVoted(branch)) {
            here.coordinatorId().ifPresent(votes::abortUnvoted);
        }
        return answer;
    }

    private CompletionStage<Completion> end(
            BranchId branch, OnEnd what, Decision decision, Supplier<Completion> byCoordinator) {
        return switch (what) {
            case TELL ->
                working.call(() -> ended(branch, byCoordinator.get()), Completion.Unsent::new, Completion.Retry::new);
            case RECOVER ->
                recovering.call(
                        () -> recovered(branch, votes.end(branch, decision)),
                        Completion.Unsent::new,
                        Completion.Retry::new);
            case NOT_KNOWN -> notKnown(branch);
            case REFUSE ->
                CompletableFuture.completedStage(
                        new Completion.Unsent("branch " + branch + " was never asked to prepare"));
        };
    }

    /** Of what worked here, this process knows that; of anything else, only who owns the log. */
    private CompletionStage<Completion> notKnown(BranchId branch) {
        return live.remove(branch) != null
                ? CompletableFuture.completedStage(new Completion.NotKnown())
                : recovering.call(votes::notVoted, Completion.Unsent::new, Completion.Retry::new);
    }

    /** What the coordinator did not do is left to the log from now on; so is what a resource did by itself. */
    private Completion ended(BranchId branch, Completion answer) {
        if (answer instanceof Completion.Done) {
            votes.ended(branch);
            live.remove(branch);
        }
        return answer;
    }

    private Completion recovered(BranchId branch, Completion answer) {
        if (answer.endsBranch()) {
            live.remove(branch);
        }
        return answer;
    }

    @Override
    public CompletionStage<Completion> forget(BranchId branch) {
        return recovering.call(() -> votes.forget(branch), Completion.Unsent::new, Completion.Retry::new);
    }
}
