package dev.assent.tx.remote.agent;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch of this process, from enlistment to its end. Commands for it may come twice and late; each has its effect
 * once. Thread-safe. No method blocks, and no stage fails: commands for one branch wait for each other without a
 * thread, and a command that comes again while it is under way shares the answer, so that not more wait than there
 * are kinds.
 */
final class BranchRun {
    private static final Logger LOG = LoggerFactory.getLogger(BranchRun.class);

    /** So often, about once a second, a branch whose vote was lost is looked for before it counts as rolled back. */
    static final int ABSENCES_MAX = 60;

    /** In this order, and never back. */
    private enum Phase {
        WORKING,
        PREPARED,
        ENDED
    }

    private enum Kind {
        COMMIT,
        COMMIT_ONE_PHASE,
        ROLLBACK,
        DROP,
        FORGET
    }

    private final BranchId id;
    private final Participant participant;
    private final Map<Kind, CompletableFuture<Completion>> underWay = new EnumMap<>(Kind.class);
    private volatile Phase phase = Phase.WORKING;
    private @Nullable CompletableFuture<Vote> vote;
    /** Its vote was lost: the resource may be at it still, and the branch turn out prepared. */
    private volatile boolean voteLost;

    private final AtomicInteger absences = new AtomicInteger();
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private volatile Completion end = new Completion.NotKnown();

    BranchRun(BranchId id, Participant participant) {
        this.id = id;
        this.participant = participant;
    }

    BranchId id() {
        return id;
    }

    /**
     * Votes; an {@code objection} forces a vote for rollback, and is asked for when the branch is about to. A repeated
     * prepare hears the first vote again.
     */
    CompletionStage<Vote> prepare(Supplier<Optional<String>> objection) {
        CompletableFuture<Vote> cast = new CompletableFuture<>();
        CompletableFuture<?> before;
        synchronized (this) {
            if (vote != null) {
                return vote;
            }
            if (phase == Phase.ENDED) {
                return CompletableFuture.completedStage(new Vote.Rollback("the branch has already been dropped here"));
            }
            vote = cast;
            before = last;
            last = cast;
        }
        inTurn(before, () -> cast(objection.get()), cast);
        return cast;
    }

    private CompletionStage<Vote> cast(Optional<String> objection) {
        if (phase == Phase.ENDED) {
            return CompletableFuture.completedStage(new Vote.Rollback("the branch has already been dropped here"));
        }
        if (objection.isPresent()) {
            return CompletableFuture.completedStage(new Vote.Rollback(objection.get()));
        }
        return asked(() -> participant.prepare(id))
                .handle((answer, failed) -> noted(answer != null ? answer : new Vote.Unconfirmed("failed: " + failed)));
    }

    private Vote noted(Vote cast) {
        if (cast instanceof Vote.Prepared) {
            phase = Phase.PREPARED;
        } else if (cast instanceof Vote.ReadOnly) {
            end = new Completion.Done();
            phase = Phase.ENDED;
        } else if (cast instanceof Vote.Unconfirmed) {
            voteLost = true;
        }
        return cast;
    }

    CompletionStage<Completion> commit() {
        return once(Kind.COMMIT, () -> end(() -> participant.commit(id)));
    }

    CompletionStage<Completion> commitOnePhase(Optional<String> objection) {
        return once(Kind.COMMIT_ONE_PHASE, () -> {
            if (phase != Phase.WORKING || objection.isEmpty()) {
                return end(() -> participant.commitOnePhase(id));
            }
            return end(() -> participant.rollback(id)).thenApply(rolledBack -> {
                end = new Completion.RolledBack(objection.get());
                return end;
            });
        });
    }

    CompletionStage<Completion> rollback() {
        return once(Kind.ROLLBACK, this::rollbackNow);
    }

    private CompletionStage<Completion> rollbackNow() {
        return end(() -> participant.rollback(id));
    }

    CompletionStage<Completion> forget() {
        return once(Kind.FORGET, () -> completed(asked(() -> participant.forget(id))));
    }

    /** Rolls back unless the branch may have voted yes: then only the decision may end it. */
    CompletionStage<Completion> dropUnlessPrepared() {
        return once(Kind.DROP, () -> isWorking() ? rollbackNow() : CompletableFuture.completedStage(end));
    }

    /** A vote under way is not waited for any more: past its deadline the transaction can only roll back. */
    void cutShort() {
        boolean voting;
        synchronized (this) {
            voting = vote != null && !vote.isDone();
        }
        if (voting) {
            try {
                participant.cutShort(id);
            } catch (RuntimeException thrown) {
                LOG.warn("the participant of branch {} threw when its vote was cut short", id, thrown);
            }
        }
    }

    /**
     * Whether it did not, and never will, vote READ_ONLY.
     *
     * @param doomed whether there is an objection to every vote that is not under way yet
     */
    boolean isNotReadOnly(boolean doomed) {
        CompletableFuture<Vote> cast;
        synchronized (this) {
            cast = vote;
            if (cast == null) {
                return doomed || phase == Phase.ENDED;
            }
        }
        return cast.isDone() && !(cast.join() instanceof Vote.ReadOnly);
    }

    /** It has ended and never voted yes, and never will: no transaction that it belongs to is committed. */
    boolean isRefused() {
        if (phase != Phase.ENDED) {
            return false;
        }
        CompletableFuture<Vote> cast;
        synchronized (this) {
            cast = vote; // after the phase: one that had not voted when it ended never does
        }
        return cast == null
                || (cast.isDone() && !(cast.join() instanceof Vote.Prepared || cast.join() instanceof Vote.ReadOnly));
    }

    /** What ended it; nothing is known while nothing has. */
    Completion end() {
        return end;
    }

    boolean isWorking() {
        return phase == Phase.WORKING;
    }

    boolean isPrepared() {
        return phase == Phase.PREPARED;
    }

    boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    /** It counts as rolled back only because it was not found for long after its vote was lost. */
    boolean mayHaveEndedOtherwise() {
        return voteLost && hasEnded() && end instanceof Completion.NotKnown;
    }

    private CompletionStage<Completion> once(Kind kind, Supplier<CompletionStage<Completion>> step) {
        CompletableFuture<Completion> answer = new CompletableFuture<>();
        CompletableFuture<?> before;
        synchronized (this) {
            CompletableFuture<Completion> earlier = underWay.get(kind);
            if (earlier != null && !earlier.isDone()) {
                return earlier;
            }
            underWay.put(kind, answer);
            before = last;
            last = answer;
        }
        inTurn(before, step, answer);
        return answer;
    }

    /** Begins when what came before has answered; steps do not fail. */
    private static <T> void inTurn(
            CompletableFuture<?> before, Supplier<CompletionStage<T>> step, CompletableFuture<T> answer) {
        CompletionStage<?> unused =
                before.whenComplete((earlier, never) -> step.get().whenComplete((value, failed) -> {
                    if (failed == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(failed);
                    }
                }));
    }

    private CompletionStage<Completion> end(Supplier<CompletionStage<Completion>> how) {
        if (phase == Phase.ENDED) {
            return CompletableFuture.completedStage(end);
        }
        return completed(asked(how)).thenApply(completion -> {
            if (completion.endsBranch() && !mayTurnUp(completion)) {
                end = completion;
                phase = Phase.ENDED;
            }
            return completion;
        });
    }

    /** It is not there, or not yet: whoever tells it again, the sweeper at last, may find it. */
    private boolean mayTurnUp(Completion completion) {
        return voteLost && completion instanceof Completion.NotKnown && absences.incrementAndGet() < ABSENCES_MAX;
    }

    private static CompletionStage<Completion> completed(CompletionStage<Completion> answer) {
        return answer.handle(
                (completion, failed) -> completion != null ? completion : new Completion.Retry("failed: " + failed));
    }

    /** Participants promise not to throw; if one does, nothing is known of the effect, and others must not suffer. */
    private <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> how) {
        try {
            return how.get();
        } catch (RuntimeException thrown) {
            LOG.warn("the participant of branch {} threw", id, thrown);
            return CompletableFuture.failedStage(thrown);
        }
    }
}
