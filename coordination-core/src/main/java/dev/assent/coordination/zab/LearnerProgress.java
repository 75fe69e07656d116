package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;

/** How far a learner is with its leader: what the classes of its three phases have in common. */
final class LearnerProgress extends Progress<LearnerProgress.Phase> {

    /** Goes down the list; a new epoch of the same leader goes back to PROMISING. */
    enum Phase {
        /** Waits for the elected to say that it leads. */
        AWAITING_LEADER,
        INFORMED,
        /** The promise of an epoch is being made durable. */
        PROMISING,
        PROMISED,
        RECEIVING_SNAPSHOT,
        SYNCHRONIZING,
        /** The leader's history is all here and is being made durable. */
        SAVING_HISTORY,
        /** Only now may the current epoch be made durable. */
        SAVING_EPOCH,
        ACKNOWLEDGED,
        UP_TO_DATE;

        /** Whether transactions of the leader have a place in the log here. */
        boolean isLogging() {
            return compareTo(SYNCHRONIZING) >= 0;
        }
    }

    private boolean serving;

    LearnerProgress(Member member) {
        super(member, Phase.AWAITING_LEADER);
    }

    boolean is(Phase asked) {
        return phase() == asked;
    }

    void promise(Epoch next) {
        open(next, Phase.PROMISING);
    }

    /** Whether clients are served; they are on, while the leader opens another epoch. */
    boolean isServing() {
        return serving;
    }

    void serve() {
        serving = true;
    }
}
