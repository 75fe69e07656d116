package dev.assent.shop.fuzz;

import dev.assent.coordination.codec.PeerCodec;
import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;

/** One of every message between members, as they are encoded. */
final class PeerTalk {
    private static final Epoch EPOCH = new Epoch(3);
    private static final Zxid ZXID = new Zxid(3L << 32 | 77);
    private static final List<Proposal> PROPOSALS = List.of(
            new Proposal(ZXID, Payload.wrap(new byte[40])),
            new Proposal(new Zxid(3L << 32 | 78), Payload.wrap(new byte[] {1, 2, 3})));

    private PeerTalk() {}

    static List<byte[]> samples() {
        PeerCodec codec = new PeerCodec();
        return messages().stream()
                .map(message -> {
                    ByteBuf bytes = Unpooled.buffer();
                    codec.encode(message, bytes);
                    return ByteBufUtil.getBytes(bytes);
                })
                .toList();
    }

    private static List<PeerMessage> messages() {
        return List.of(
                new PeerMessage.Notification(Role.LOOKING, true, 5, new Vote(new ServerId(2), EPOCH, ZXID)),
                new PeerMessage.FollowerInfo(9, EPOCH),
                new PeerMessage.NewEpoch(9, EPOCH),
                new PeerMessage.AckEpoch(EPOCH, true, EPOCH, ZXID),
                new PeerMessage.Diff(ZXID),
                new PeerMessage.Trunc(ZXID),
                new PeerMessage.Snap(ZXID),
                new PeerMessage.SnapshotPiece(ZXID, 4, Payload.wrap(new byte[60]), false),
                new PeerMessage.AckSnapshotPiece(ZXID, 4),
                new PeerMessage.NewLeader(EPOCH, ZXID),
                new PeerMessage.AckNewLeader(EPOCH, ZXID),
                new PeerMessage.UpToDate(EPOCH, ZXID),
                new PeerMessage.Propose(EPOCH, ZXID, PROPOSALS, ZXID),
                new PeerMessage.Ack(EPOCH, ZXID),
                new PeerMessage.Commit(EPOCH, ZXID),
                new PeerMessage.Inform(EPOCH, ZXID, PROPOSALS),
                new PeerMessage.Ping(),
                new PeerMessage.Pong(),
                new PeerMessage.StartOver(),
                new PeerMessage.App(Payload.wrap(new byte[50])));
    }
}
