package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import java.util.List;

/**
 * A message between two members of the ensemble. The names in brackets are those of the paper (Junqueira, Reed,
 * Serafini: "Zab: High-performance broadcast for primary-backup systems", section IV); the message table with
 * guards and durability is {@code docs/protocol/zab.md}.
 */
public sealed interface PeerMessage {

    /** Calls the one method of {@code handler} that is for this record. */
    void accept(Handler handler);

    /** One method per message; whoever reacts to messages, or encodes them, forgets none. */
    interface Handler {
        void notification(Notification message);

        void followerInfo(FollowerInfo message);

        void newEpoch(NewEpoch message);

        void ackEpoch(AckEpoch message);

        void diff(Diff message);

        void trunc(Trunc message);

        void snap(Snap message);

        void snapshotPiece(SnapshotPiece message);

        void ackSnapshotPiece(AckSnapshotPiece message);

        void newLeader(NewLeader message);

        void ackNewLeader(AckNewLeader message);

        void upToDate(UpToDate message);

        void propose(Propose message);

        void ack(Ack message);

        void commit(Commit message);

        void inform(Inform message);

        void ping(Ping message);

        void pong(Pong message);

        void startOver(StartOver message);

        void app(App message);
    }

    /**
     * Election: the sender's role and vote. Sent by those who look, and by a leader to whoever looks.
     *
     * @param role LOOKING or LEADING
     * @param established LEADING only: a quorum has acknowledged this leader's epoch and history
     * @param round of the sender's election; not an epoch; never negative
     * @param vote whom the sender proposes; itself when LEADING
     */
    record Notification(Role role, boolean established, long round, Vote vote) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.notification(this);
        }
    }

    /**
     * Learner to leader, opens discovery [CEPOCH].
     *
     * @param session numbers the learner's attempts, so that leftovers of an earlier one are told apart; positive
     * @param accepted the last epoch that the learner promised
     */
    record FollowerInfo(long session, Epoch accepted) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.followerInfo(this);
        }
    }

    /** Leader to learner: promise to follow nobody before {@code epoch} [NEWEPOCH]; {@code session} is echoed. */
    record NewEpoch(long session, Epoch epoch) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.newEpoch(this);
        }
    }

    /**
     * Learner to leader: promised, durably [ACK-E].
     *
     * @param epoch the one promised
     * @param counts false if the learner had promised this epoch before, maybe to another: then it is no new promise
     * @param current the last epoch whose initial history the learner has
     * @param last the last transaction in the learner's log
     */
    record AckEpoch(Epoch epoch, boolean counts, Epoch current, Zxid last) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.ackEpoch(this);
        }
    }

    /** Leader to learner: your log is a part of mine; what follows {@code from}, your last transaction, comes now. */
    record Diff(Zxid from) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.diff(this);
        }
    }

    /** Leader to learner: drop what you have after {@code lastKept}; what follows it in my log comes now. */
    record Trunc(Zxid lastKept) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.trunc(this);
        }
    }

    /** Leader to learner: the state after {@code at} comes now in pieces and replaces all that you have. */
    record Snap(Zxid at) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.snap(this);
        }
    }

    /** A piece of the announced snapshot; {@code index} counts from 0. */
    record SnapshotPiece(Zxid at, long index, Payload bytes, boolean last) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.snapshotPiece(this);
        }
    }

    /** Every piece up to {@code index} is durable; with the last one the snapshot is installed. */
    record AckSnapshotPiece(Zxid at, long index) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.ackSnapshotPiece(this);
        }
    }

    /** Leader to learner: what you have now, up to {@code last}, is the history that {@code epoch} starts from
     * [NEWLEADER]. */
    record NewLeader(Epoch epoch, Zxid last) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.newLeader(this);
        }
    }

    /** Learner to leader: history up to {@code durable} and then the epoch are durable [ACK-LD]. */
    record AckNewLeader(Epoch epoch, Zxid durable) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.ackNewLeader(this);
        }
    }

    /** Leader to learner: a quorum has the history; all up to {@code committed} is committed; serve [COMMIT-LD]. */
    record UpToDate(Epoch epoch, Zxid committed) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.upToDate(this);
        }
    }

    /**
     * Leader to follower: log these [PROPOSE].
     *
     * @param previous the transaction just before the first one: the proof that nothing is missing in between
     * @param proposals at least one, without a gap
     * @param committed all up to here is committed; counts only for a follower that is up to date
     */
    record Propose(Epoch epoch, Zxid previous, List<Proposal> proposals, Zxid committed) implements PeerMessage {
        public Propose {
            proposals = List.copyOf(proposals);
        }

        @Override
        public void accept(Handler handler) {
            handler.propose(this);
        }
    }

    /** Follower to leader: everything up to {@code durable} survives a power cut here [ACK]. Cumulative. */
    record Ack(Epoch epoch, Zxid durable) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.ack(this);
        }
    }

    /** Leader to follower: everything up to {@code committed} is committed [COMMIT]. Cumulative. */
    record Commit(Epoch epoch, Zxid committed) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.commit(this);
        }
    }

    /** Leader to observer: these are committed. Fields as in {@link Propose}. */
    record Inform(Epoch epoch, Zxid previous, List<Proposal> proposals) implements PeerMessage {
        public Inform {
            proposals = List.copyOf(proposals);
        }

        @Override
        public void accept(Handler handler) {
            handler.inform(this);
        }
    }

    /** Leader to learner: I am there; answer. */
    record Ping() implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.ping(this);
        }
    }

    /** Learner to leader: so am I. */
    record Pong() implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.pong(this);
        }
    }

    /** Leader to learner: I no longer count you in (you were silent, or fell too far behind); join anew. */
    record StartOver() implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.startOver(this);
        }
    }

    /** An application's message, opaque to ZAB. */
    record App(Payload message) implements PeerMessage {
        @Override
        public void accept(Handler handler) {
            handler.app(this);
        }
    }
}
