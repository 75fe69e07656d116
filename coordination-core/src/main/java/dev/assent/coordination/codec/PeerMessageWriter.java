package dev.assent.coordination.codec;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Role;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** Writes kind and fields of each message; {@link PeerMessageReader} is its mirror. */
final class PeerMessageWriter implements PeerMessage.Handler {
    private final ByteBuf out;

    PeerMessageWriter(ByteBuf out) {
        this.out = out;
    }

    @Override
    public void notification(PeerMessage.Notification message) {
        kind(MessageKind.NOTIFICATION);
        out.writeByte(wire(message.role()));
        out.writeBoolean(message.established());
        out.writeLong(message.round());
        out.writeByte(message.vote().candidate().value());
        epoch(message.vote().epoch());
        zxid(message.vote().zxid());
    }

    @Override
    public void followerInfo(PeerMessage.FollowerInfo message) {
        kind(MessageKind.FOLLOWER_INFO);
        out.writeLong(message.session());
        epoch(message.accepted());
    }

    @Override
    public void newEpoch(PeerMessage.NewEpoch message) {
        kind(MessageKind.NEW_EPOCH);
        out.writeLong(message.session());
        epoch(message.epoch());
    }

    @Override
    public void ackEpoch(PeerMessage.AckEpoch message) {
        kind(MessageKind.ACK_EPOCH);
        epoch(message.epoch());
        out.writeBoolean(message.counts());
        epoch(message.current());
        zxid(message.last());
    }

    @Override
    public void diff(PeerMessage.Diff message) {
        kind(MessageKind.DIFF);
        zxid(message.from());
    }

    @Override
    public void trunc(PeerMessage.Trunc message) {
        kind(MessageKind.TRUNC);
        zxid(message.lastKept());
    }

    @Override
    public void snap(PeerMessage.Snap message) {
        kind(MessageKind.SNAP);
        zxid(message.at());
    }

    @Override
    public void snapshotPiece(PeerMessage.SnapshotPiece message) {
        kind(MessageKind.SNAPSHOT_PIECE);
        zxid(message.at());
        out.writeLong(message.index());
        payload(message.bytes());
        out.writeBoolean(message.last());
    }

    @Override
    public void ackSnapshotPiece(PeerMessage.AckSnapshotPiece message) {
        kind(MessageKind.ACK_SNAPSHOT_PIECE);
        zxid(message.at());
        out.writeLong(message.index());
    }

    @Override
    public void newLeader(PeerMessage.NewLeader message) {
        kind(MessageKind.NEW_LEADER);
        epoch(message.epoch());
        zxid(message.last());
    }

    @Override
    public void ackNewLeader(PeerMessage.AckNewLeader message) {
        kind(MessageKind.ACK_NEW_LEADER);
        epoch(message.epoch());
        zxid(message.durable());
    }

    @Override
    public void upToDate(PeerMessage.UpToDate message) {
        kind(MessageKind.UP_TO_DATE);
        epoch(message.epoch());
        zxid(message.committed());
    }

    @Override
    public void propose(PeerMessage.Propose message) {
        kind(MessageKind.PROPOSE);
        epoch(message.epoch());
        zxid(message.previous());
        proposals(message.proposals());
        zxid(message.committed());
    }

    @Override
    public void ack(PeerMessage.Ack message) {
        kind(MessageKind.ACK);
        epoch(message.epoch());
        zxid(message.durable());
    }

    @Override
    public void commit(PeerMessage.Commit message) {
        kind(MessageKind.COMMIT);
        epoch(message.epoch());
        zxid(message.committed());
    }

    @Override
    public void inform(PeerMessage.Inform message) {
        kind(MessageKind.INFORM);
        epoch(message.epoch());
        zxid(message.previous());
        proposals(message.proposals());
    }

    @Override
    public void ping(PeerMessage.Ping message) {
        kind(MessageKind.PING);
    }

    @Override
    public void pong(PeerMessage.Pong message) {
        kind(MessageKind.PONG);
    }

    @Override
    public void startOver(PeerMessage.StartOver message) {
        kind(MessageKind.START_OVER);
    }

    @Override
    public void app(PeerMessage.App message) {
        kind(MessageKind.APP);
        payload(message.message());
    }

    /** The number of a role on the wire. */
    static int wire(Role role) {
        return switch (role) {
            case LOOKING -> 0;
            case FOLLOWING -> 1;
            case LEADING -> 2;
            case OBSERVING -> 3;
        };
    }

    private void kind(MessageKind kind) {
        out.writeByte(kind.wire);
    }

    private void zxid(Zxid zxid) {
        out.writeLong(zxid.value());
    }

    private void epoch(Epoch epoch) {
        out.writeInt(epoch.value());
    }

    private void payload(Payload payload) {
        out.writeInt(payload.size());
        out.writeBytes(payload.array());
    }

    private void proposals(List<Proposal> proposals) {
        out.writeInt(proposals.size());
        for (Proposal proposal : proposals) {
            zxid(proposal.zxid());
            payload(proposal.txn());
        }
    }
}
