package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Vote;
import java.util.concurrent.CompletionStage;

/**
 * A branch that can take part in three-phase commit: its process keeps an acceptor's registers, and ends the branch by
 * what acceptors chose when nobody else tells it. The rules of {@link Participant} hold here too.
 */
public interface ThreePhaseParticipant {

    /** The acceptor of its process, and where it is reached. */
    AcceptorAddresses.Entry acceptor();

    /** canCommit: prepares, after {@code acceptors} are durable there, so that a yes is never without them. */
    CompletionStage<Vote> canCommit(BranchId branch, AcceptorAddresses acceptors);
}
