package dev.assent.tx.remote.agent;

import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.spi.Clock;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after transactions whose end nobody told this process: their coordinator died, or a message was lost.
 *
 * <p>A branch that was never asked to prepare is dropped once its transaction cannot commit any more (its reign is over,
 * or its deadline). A prepared one waits: the sweeper asks for the decision, and does only what it says.
 */
final class Sweeper {
    private final LocalParts parts;
    private final NodeDirectory directory;
    private final CoordinatorCalls calls;
    private final Clock clock;
    private final AtomicBoolean underWay = new AtomicBoolean();

    Sweeper(LocalParts parts, NodeDirectory directory, CoordinatorCalls calls, Clock clock) {
        this.parts = parts;
        this.directory = directory;
        this.calls = calls;
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

    private void sweepOnce() {
        long now = clock.epochMillis();
        for (LocalPart part : parts.all()) {
            GlobalTxId id = part.id();
            if (directory.isFenced(id) || id.isPastDeadline(now)) {
                look(part);
            }
        }
    }

    private void look(LocalPart part) {
        part.doom("the transaction is past its deadline, or its coordinator was replaced");
        part.branches().forEach(BranchRun::dropUnlessPrepared);
        if (part.isDone() && part.branches().isEmpty()) {
            parts.ended(part.id(), new Outcome.Unknown("this process had no branch in it"));
            return;
        }
        Outcome outcome = calls.ask(part.id());
        if (outcome instanceof Outcome.Committed) {
            part.branches().stream().filter(BranchRun::isPrepared).forEach(BranchRun::commit);
            parts.ended(part.id(), outcome);
        } else if (outcome instanceof Outcome.RolledBack) {
            part.branches().forEach(BranchRun::rollback);
            parts.ended(part.id(), outcome);
        }
    }
}
