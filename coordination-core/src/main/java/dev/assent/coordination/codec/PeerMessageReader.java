package dev.assent.coordination.codec;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.zab.PeerMessage;

/** Reads the fields of each kind of message, in the order in which {@link PeerMessageWriter} writes them. */
final class PeerMessageReader {
    private final FieldReader in;

    PeerMessageReader(FieldReader in) {
        this.in = in;
    }

    PeerMessage read(MessageKind kind) throws MalformedMessageException {
        return switch (kind) {
            case NOTIFICATION -> notification();
            case FOLLOWER_INFO -> new PeerMessage.FollowerInfo(in.notNegative("session"), in.epoch("accepted"));
            case NEW_EPOCH -> new PeerMessage.NewEpoch(in.notNegative("session"), in.epoch("epoch"));
            case ACK_EPOCH ->
                new PeerMessage.AckEpoch(in.epoch("epoch"), in.flag("counts"), in.epoch("current"), in.zxid("last"));
            case DIFF -> new PeerMessage.Diff(in.zxid("from"));
            case TRUNC -> new PeerMessage.Trunc(in.zxid("lastKept"));
            case SNAP -> new PeerMessage.Snap(in.zxid("at"));
            case SNAPSHOT_PIECE ->
                new PeerMessage.SnapshotPiece(
                        in.zxid("at"), in.notNegative("index"), in.payload("bytes"), in.flag("last"));
            case ACK_SNAPSHOT_PIECE -> new PeerMessage.AckSnapshotPiece(in.zxid("at"), in.notNegative("index"));
            case NEW_LEADER -> new PeerMessage.NewLeader(in.epoch("epoch"), in.zxid("last"));
            case ACK_NEW_LEADER -> new PeerMessage.AckNewLeader(in.epoch("epoch"), in.zxid("durable"));
            case UP_TO_DATE -> new PeerMessage.UpToDate(in.epoch("epoch"), in.zxid("committed"));
            case PROPOSE ->
                new PeerMessage.Propose(
                        in.epoch("epoch"), in.zxid("previous"), in.proposals("proposals"), in.zxid("committed"));
            case ACK -> new PeerMessage.Ack(in.epoch("epoch"), in.zxid("durable"));
            case COMMIT -> new PeerMessage.Commit(in.epoch("epoch"), in.zxid("committed"));
            case INFORM -> new PeerMessage.Inform(in.epoch("epoch"), in.zxid("previous"), in.proposals("proposals"));
            case PING -> new PeerMessage.Ping();
            case PONG -> new PeerMessage.Pong();
            case START_OVER -> new PeerMessage.StartOver();
            case APP -> new PeerMessage.App(in.payload("message"));
        };
    }

    private PeerMessage notification() throws MalformedMessageException {
        return new PeerMessage.Notification(
                in.role("role"),
                in.flag("established"),
                in.notNegative("round"),
                new Vote(in.server("candidate"), in.epoch("vote epoch"), in.zxid("vote zxid")));
    }
}
