package dev.assent.coordination.zab;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Quorum;
import java.util.List;

/**
 * Who takes part, and how patient and how generous a peer is.
 *
 * @param self this server: a voter or an observer
 * @param quorum the voters and how many of them decide
 * @param observers who follows without a vote; none of them votes
 */
public record ZabConfig(ServerId self, Quorum quorum, List<ServerId> observers, Timing timing, Limits limits) {
    public ZabConfig {
        observers = List.copyOf(observers);
        for (ServerId observer : observers) {
            if (quorum.votes(observer)) {
                throw new IllegalArgumentException("server " + observer + " is both a voter and an observer");
            }
        }
        if (!quorum.votes(self) && !observers.contains(self)) {
            throw new IllegalArgumentException("server " + self + " is neither a voter nor an observer: add it to the"
                    + " list of servers or correct its id");
        }
    }

    /** The usual timing and limits. */
    public static ZabConfig of(ServerId self, Quorum quorum, List<ServerId> observers) {
        return new ZabConfig(self, quorum, observers, Timing.DEFAULT, Limits.DEFAULT);
    }

    public boolean selfVotes() {
        return quorum.votes(self);
    }

    /**
     * How long is too long.
     *
     * @param electionFinalizeWaitMillis how long a quorum of equal votes waits for a better one, unless every linked
     *     voter agrees
     * @param heartbeatMillis between two pings, and between two repetitions of a vote
     * @param initLimitMillis how long discovery and synchronization may go on without progress
     * @param syncLimitMillis how long leader and learner may hear nothing from each other
     * @param diskStallMillisMax how long the own disk may make nothing durable while something waits for it: beyond it
     *     a leader that a quorum goes on without gives up, and a server that looks takes no part in the election
     */
    public record Timing(
            long electionFinalizeWaitMillis,
            long heartbeatMillis,
            long initLimitMillis,
            long syncLimitMillis,
            long diskStallMillisMax) {
        public static final Timing DEFAULT = new Timing(150, 250, 20_000, 10_000, 2_500);

        public Timing {
            if (electionFinalizeWaitMillis < 0
                    || heartbeatMillis <= 0
                    || initLimitMillis <= heartbeatMillis
                    || syncLimitMillis <= heartbeatMillis
                    || diskStallMillisMax <= heartbeatMillis) {
                throw new IllegalArgumentException("limits must be longer than the heartbeat of " + heartbeatMillis
                        + " ms: initLimit " + initLimitMillis + " ms, syncLimit " + syncLimitMillis
                        + " ms, diskStallMillisMax " + diskStallMillisMax + " ms");
            }
        }
    }

    /**
     * How much is too much.
     *
     * @param historyEntriesMax committed transactions kept in memory for learners that come back
     * @param historyBytesMax the same in bytes of their payloads; both may be exceeded by what is not yet committed,
     *     and up to fourfold while a snapshot is on its way to a learner
     * @param batchEntriesMax transactions in one message
     * @param batchBytesMax payload bytes in one message; a larger single transaction travels alone
     * @param snapshotPiecesInFlightMax pieces of a snapshot sent but not yet durable at the learner
     * @param heldProposalsMax proposals that wait while the epoch rolls over, and as many messages to each learner;
     *     beyond it the leader gives up, or lets go of the learner
     * @param counterMax the last zxid counter used in an epoch; the next proposal opens a new epoch
     */
    public record Limits(
            int historyEntriesMax,
            long historyBytesMax,
            int batchEntriesMax,
            int batchBytesMax,
            int snapshotPiecesInFlightMax,
            int heldProposalsMax,
            long counterMax) {
        public static final Limits DEFAULT =
                new Limits(100_000, 64L << 20, 1_000, 1 << 20, 8, 100_000, Zxid.COUNTER_MAX - 0xFFFF);

        public Limits withHistoryBytesMax(long bytes) {
            return new Limits(
                    historyEntriesMax,
                    bytes,
                    batchEntriesMax,
                    batchBytesMax,
                    snapshotPiecesInFlightMax,
                    heldProposalsMax,
                    counterMax);
        }

        public Limits {
            if (historyEntriesMax < 0
                    || historyBytesMax < 0
                    || batchEntriesMax < 1
                    || batchBytesMax < 1
                    || snapshotPiecesInFlightMax < 1
                    || heldProposalsMax < 1
                    || counterMax < 1
                    || counterMax > Zxid.COUNTER_MAX) {
                throw new IllegalArgumentException("a limit is out of range");
            }
        }
    }
}
