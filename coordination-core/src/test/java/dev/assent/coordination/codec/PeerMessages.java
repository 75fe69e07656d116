package dev.assent.coordination.codec;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Proposal;
import dev.assent.coordination.zab.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random messages of every kind. */
final class PeerMessages {
    private final SplittableRandom random;

    PeerMessages(SplittableRandom random) {
        this.random = random;
    }

    /** One of each kind. */
    List<PeerMessage> ofEveryKind() {
        return List.of(
                new PeerMessage.Notification(
                        List.of(Role.values()).get(random.nextInt(4)),
                        flag(),
                        number(),
                        new Vote(new ServerId(random.nextInt(256)), epoch(), zxid())),
                new PeerMessage.FollowerInfo(number(), epoch()),
                new PeerMessage.NewEpoch(number(), epoch()),
                new PeerMessage.AckEpoch(epoch(), flag(), epoch(), zxid()),
                new PeerMessage.Diff(zxid()),
                new PeerMessage.Trunc(zxid()),
                new PeerMessage.Snap(zxid()),
                new PeerMessage.SnapshotPiece(zxid(), number(), payload(), flag()),
                new PeerMessage.AckSnapshotPiece(zxid(), number()),
                new PeerMessage.NewLeader(epoch(), zxid()),
                new PeerMessage.AckNewLeader(epoch(), zxid()),
                new PeerMessage.UpToDate(epoch(), zxid()),
                new PeerMessage.Propose(epoch(), zxid(), proposals(), zxid()),
                new PeerMessage.Ack(epoch(), zxid()),
                new PeerMessage.Commit(epoch(), zxid()),
                new PeerMessage.Inform(epoch(), zxid(), proposals()),
                new PeerMessage.Ping(),
                new PeerMessage.Pong(),
                new PeerMessage.StartOver(),
                new PeerMessage.App(payload()));
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private long number() {
        return random.nextLong() >>> (1 + random.nextInt(60));
    }

    private Zxid zxid() {
        return new Zxid(number());
    }

    private Epoch epoch() {
        return new Epoch(random.nextInt() >>> 1);
    }

    private Payload payload() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return Payload.wrap(bytes);
    }

    private List<Proposal> proposals() {
        List<Proposal> proposals = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            proposals.add(new Proposal(zxid(), payload()));
        }
        return proposals;
    }
}
