package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The epochs that this coordinator begins new transactions under. Thread-safe; no method but the last two blocks. */
public interface HeldEpochs {

    /** An epoch to begin under, by turns; empty while there is none. */
    Optional<EpochRef> current();

    /** Whether a transaction may begin under it now; one that has just begun under an epoch that is not ends. */
    boolean isOpen(EpochRef epoch);

    /** All of them, those included that nothing begins under any more. */
    List<EpochRef> all();

    /** Whether this coordinator has opened a later epoch than that one: it is over, and the store need not be asked. */
    default boolean haveReplaced(EpochRef epoch) {
        return all().stream().anyMatch(held -> held.key().equals(epoch.key()) && held.version() > epoch.version());
    }

    /** The store session that they were taken with is over: somebody else will fence them. */
    void sessionLost();

    /** That epoch was found to be over. */
    void over(EpochRef epoch);

    /** Nothing is begun any more, and what others can go on with is theirs once what is under way there has ended. */
    void leave();

    /** Waits for that, but not longer than {@code patience}; whether nothing is left to hand over. */
    boolean awaitLeft(Duration patience) throws InterruptedException;

    /** The coordinator stops; {@code idle} when nothing is left under its epochs. */
    void resign(boolean idle) throws IOException;
}
