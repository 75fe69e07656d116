package dev.assent.tx.spi;

import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who coordinates, or did, and the power to begin and to end it. Thread-safe. */
public interface EpochRegistry {

    /** Reads all epochs, as new as any write that finished before this call. */
    EpochCensus census() throws IOException;

    /** Ends an embedded coordinator's epoch: no COMMIT can be decided under it once this returns. */
    void fence(long incarnation) throws IOException;

    /**
     * Allots an incarnation that no process ever had or will have, alive as long as the session.
     *
     * @throws IOException the store did not answer, and a number may have been used up; or it cannot tell which are
     */
    EpochRef allot() throws IOException;

    /** Ends an epoch of this process: removed when it holds no record, and else fenced, for others to collect. */
    void resign(EpochRef epoch) throws IOException;

    /**
     * Why there can be no COMMIT under that epoch now; empty if there can, of which a majority of the store is asked.
     * Nothing is changed by it. The stage fails when the store cannot be asked.
     */
    CompletionStage<Optional<String>> whyNoCommit(EpochRef epoch);

    /** Calls {@code listener} soon after a coordinator starts or dies, or this session ends; {@link #watchLife} arms. */
    void onLifeChange(Runnable listener);

    /** Arms that once more; arming it twice is the same as once. */
    void watchLife();
}
