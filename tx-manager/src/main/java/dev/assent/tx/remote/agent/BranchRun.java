package dev.assent.tx.remote.agent;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.Optional;

/**
 * One branch of this process, from enlistment to its end. Commands for it may come twice and late; each has its effect
 * once. Thread-safe; commands for one branch wait for each other.
 */
final class BranchRun {
    private enum Phase {
        WORKING,
        PREPARED,
        ENDED
    }

    private final BranchId id;
    private final Participant participant;
    private Phase phase = Phase.WORKING;
    private Optional<Vote> vote = Optional.empty();
    private Completion end = new Completion.NotKnown();

    BranchRun(BranchId id, Participant participant) {
        this.id = id;
        this.participant = participant;
    }

    BranchId id() {
        return id;
    }

    /** Votes; {@code objection} forces a vote for rollback. A repeated prepare hears the first vote again. */
    synchronized Vote prepare(Optional<String> objection) {
        if (vote.isPresent()) {
            return vote.get();
        }
        if (phase == Phase.ENDED) {
            return new Vote.Rollback("the branch has already been dropped here");
        }
        Vote cast = objection.<Vote>map(Vote.Rollback::new).orElseGet(() -> participant.prepare(id));
        vote = Optional.of(cast);
        if (cast instanceof Vote.Prepared) {
            phase = Phase.PREPARED;
        } else if (cast instanceof Vote.ReadOnly) {
            phase = Phase.ENDED;
            end = new Completion.Done();
        }
        return cast;
    }

    synchronized Completion commit() {
        return end(() -> participant.commit(id));
    }

    synchronized Completion commitOnePhase(Optional<String> objection) {
        if (phase == Phase.WORKING && objection.isPresent()) {
            String why = objection.get();
            end(() -> participant.rollback(id));
            end = new Completion.RolledBack(why);
            return end;
        }
        return end(() -> participant.commitOnePhase(id));
    }

    synchronized Completion rollback() {
        return end(() -> participant.rollback(id));
    }

    synchronized Completion forget() {
        return participant.forget(id);
    }

    /** Rolls back unless the branch may have voted yes: then only the decision may end it. */
    synchronized void dropUnlessPrepared() {
        if (phase == Phase.WORKING) {
            rollback();
        }
    }

    synchronized boolean isPrepared() {
        return phase == Phase.PREPARED;
    }

    synchronized boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    private Completion end(java.util.function.Supplier<Completion> how) {
        if (phase == Phase.ENDED) {
            return end;
        }
        Completion completion = how.get();
        if (!(completion instanceof Completion.Retry)) {
            phase = Phase.ENDED;
            end = completion;
        }
        return completion;
    }
}
