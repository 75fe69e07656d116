package dev.assent.tx.remote.agent;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.spi.Participant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch of this process, from enlistment to its end. Commands for it may come twice and late; each has its effect
 * once. Thread-safe; commands for one branch wait for each other, which may take as long as the resource does, while
 * questions about it never wait.
 */
final class BranchRun {
    private static final Logger LOG = LoggerFactory.getLogger(BranchRun.class);

    /** In this order, and never back. */
    private enum Phase {
        WORKING,
        PREPARED,
        ENDED
    }

    private final BranchId id;
    private final Participant participant;
    private volatile Phase phase = Phase.WORKING;
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
    void dropUnlessPrepared() {
        if (isWorking()) {
            dropNow();
        }
    }

    private synchronized void dropNow() {
        if (isWorking()) {
            rollback();
        }
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

    private Completion end(Supplier<Completion> how) {
        if (phase == Phase.ENDED) {
            return end;
        }
        Completion completion = answer(how);
        if (!(completion instanceof Completion.Retry)) {
            end = completion;
            phase = Phase.ENDED;
        }
        return completion;
    }

    /** Participants promise not to throw; if one does, nothing is known of the effect, and others must not suffer. */
    private Completion answer(Supplier<Completion> how) {
        try {
            return how.get();
        } catch (RuntimeException thrown) {
            LOG.warn("the participant of branch {} threw", id, thrown);
            return new Completion.Retry("failed: " + thrown);
        }
    }
}
