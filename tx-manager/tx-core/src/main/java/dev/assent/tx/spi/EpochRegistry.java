package dev.assent.tx.spi;

import dev.assent.tx.model.EpochCensus;
import java.io.IOException;

/** Who coordinates, or did, and the power to end it. Thread-safe. */
public interface EpochRegistry {

    /** Reads all epochs, as new as any write that finished before this call. */
    EpochCensus census() throws IOException;

    /** Ends an embedded coordinator's reign: no COMMIT can be decided under it once this returns. */
    void fence(long incarnation) throws IOException;
}
