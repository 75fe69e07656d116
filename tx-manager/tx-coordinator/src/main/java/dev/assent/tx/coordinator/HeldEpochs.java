package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The epochs that this coordinator begins new transactions under. Thread-safe; no method but the last blocks. */
public interface HeldEpochs {

    /** An epoch to begin under, by turns; empty while there is none. */
    Optional<EpochRef> current();

    /** All of them. */
    List<EpochRef> all();

    /** The store session that they were taken with is over: somebody else will fence them. */
    void sessionLost();

    /** That epoch was found to be over. */
    void over(EpochRef epoch);

    /** The coordinator stops; {@code idle} when nothing is left under its epochs. */
    void resign(boolean idle) throws IOException;
}
