package dev.assent.coordination.election;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;

/**
 * A candidate and what speaks for it. The greater vote wins: later epoch, then longer history, then larger id.
 *
 * @param epoch the candidate's current epoch, the last one whose leader it synchronized with
 * @param zxid the last transaction in the candidate's log
 */
public record Vote(ServerId candidate, Epoch epoch, Zxid zxid) implements Comparable<Vote> {
    @Override
    public int compareTo(Vote other) {
        int byEpoch = epoch.compareTo(other.epoch);
        if (byEpoch != 0) {
            return byEpoch;
        }
        int byZxid = zxid.compareTo(other.zxid);
        return byZxid != 0 ? byZxid : candidate.compareTo(other.candidate);
    }

    public boolean beats(Vote other) {
        return compareTo(other) > 0;
    }
}
