package dev.assent.coordination.zab;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;
import java.util.List;

/**
 * What a server finds on its disk when it starts. The application starts from the same snapshot; the transactions
 * after it are only logged, and are delivered once a synchronization has shown that they are committed.
 *
 * @param accepted the last epoch promised
 * @param current the last epoch whose initial history is in the log; not after {@code accepted}
 * @param snapshot the last transaction in the newest whole snapshot; {@link Zxid#ZERO} if there is none
 * @param log everything logged after {@code snapshot}, without a gap
 */
public record Recovered(Epoch accepted, Epoch current, Zxid snapshot, List<Proposal> log) {
    /** A server that has never run. */
    public static final Recovered NOTHING = new Recovered(Epoch.NONE, Epoch.NONE, Zxid.ZERO, List.of());

    /** @throws IllegalArgumentException if the epochs contradict each other: the metadata is damaged */
    public Recovered {
        log = List.copyOf(log);
        if (current.isAfter(accepted)) {
            throw new IllegalArgumentException("current epoch " + current + " is after the accepted one " + accepted
                    + ": the epoch file is damaged; remove this server's data and let it join anew");
        }
    }
}
