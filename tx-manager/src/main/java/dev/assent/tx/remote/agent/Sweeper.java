package dev.assent.tx.remote.agent;

import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Looks after transactions whose end nobody told this process: their coordinator died or does not know, or a message
 * was lost.
 *
 * <p>A branch that was never asked to prepare is dropped once its transaction cannot commit any more (its reign is over,
 * or its deadline). A prepared one waits: the sweeper asks for the decision, and does only what it says. Who listens for
 * the end hears "unknown" only when the store is not bound to remember any more.
 */
final class Sweeper {
    /** Twice what the store remembers for: it may have been away for a while, and keeps its records meanwhile. */
    static final long ASKED_PAST_DEADLINE_MILLIS = 2 * DecisionRecord.RETENTION_MILLIS;

    private final LocalParts parts;
    private final NodeDirectory directory;
    private final Function<GlobalTxId, Outcome> ask;
    private final Clock clock;
    private final AtomicBoolean underWay = new AtomicBoolean();

    /** {@code ask} asks some coordinator once how a transaction ended. */
    Sweeper(LocalParts parts, NodeDirectory directory, Function<GlobalTxId, Outcome> ask, Clock clock) {
        this.parts = parts;
        this.directory = directory;
        this.ask = ask;
        this.clock = clock;
    }

    /** One sweep at a time: while nobody can be asked, more of them would only hold threads that commands need. */
    void sweep() {
        if (!underWay.compareAndSet(false, true)) {
            return;
        }
        try {
            sweepOnce();
        } finally {
            underWay.set(false);
        }
    }

    /** Locks are freed everywhere first: asking may take long. */
    private void sweepOnce() {
        long now = clock.epochMillis();
        List<LocalPart> over =
                parts.all().stream().filter(part -> isOver(part, now)).toList();
        for (LocalPart part : over) {
            part.doom("the transaction is past its deadline, or its coordinator was replaced");
            part.branches().forEach(BranchRun::dropUnlessPrepared);
        }
        over.forEach(part -> learn(part, now));
    }

    private boolean isOver(LocalPart part, long now) {
        return part.isInDoubt() || directory.isFenced(part.id()) || part.id().isPastDeadline(now);
    }

    private void learn(LocalPart part, long now) {
        if (part.branches().isEmpty() && !part.hasListeners()) {
            parts.givenUp(part, new Outcome.Unknown("this process had no branch in it"));
            return;
        }
        Outcome outcome = ask.apply(part.id());
        if (outcome instanceof Outcome.Unknown unknown) {
            if (part.isDone() && part.id().isPastDeadline(now - ASKED_PAST_DEADLINE_MILLIS)) {
                parts.givenUp(part, unknown);
            }
            return;
        }
        // A mixed outcome does not say what was decided: then the coordinator tells what is still prepared here.
        if (outcome instanceof Outcome.Committed) {
            part.branches().stream().filter(BranchRun::isPrepared).forEach(BranchRun::commit);
        } else if (outcome instanceof Outcome.RolledBack) {
            part.branches().forEach(BranchRun::rollback);
        }
        parts.ended(part.id(), outcome);
    }
}
