package dev.assent.coordination.spi;

import dev.assent.coordination.model.Epoch;
import java.io.IOException;

/**
 * The two epochs a member has promised and entered; both change together, in one atomic step.
 *
 * <p>Used by one thread at a time. After the first {@link IOException} the store is not used again.
 */
public interface EpochStore {

    /** What was saved last and survives a power cut; both {@link Epoch#NONE} on a new member. */
    Epochs load();

    /** Durable when it returns: after a crash {@link #load} answers these or, if it did not return, perhaps the former. */
    void save(Epochs epochs) throws IOException;

    /**
     * The paper's acceptedEpoch (f.p, the last NEWEPOCH acknowledged) and currentEpoch (f.a, the last NEWLEADER
     * acknowledged).
     *
     * @param accepted never before {@code current}
     */
    record Epochs(Epoch accepted, Epoch current) {
        public static final Epochs NONE = new Epochs(Epoch.NONE, Epoch.NONE);

        public Epochs {
            if (current.isAfter(accepted)) {
                throw new IllegalArgumentException("current epoch " + current + " is after the accepted " + accepted);
            }
        }
    }
}
