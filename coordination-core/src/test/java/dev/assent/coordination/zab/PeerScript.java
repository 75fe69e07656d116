package dev.assent.coordination.zab;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Plays all others to one peer: tells it things, keeps what it answers, and is its disk. */
final class PeerScript {
    static final ServerId ONE = new ServerId(1);
    static final ServerId TWO = new ServerId(2);
    static final ServerId THREE = new ServerId(3);
    static final ServerId OBSERVER = new ServerId(9);
    static final Epoch E1 = new Epoch(1);
    static final Epoch E2 = new Epoch(2);
    static final Epoch E3 = new Epoch(3);
    static final long LINK = 10;

    final ZabPeer peer;
    private final List<Send> sends = new ArrayList<>();
    private final List<Delivery> deliveries = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private long nowMillis = 1_000;

    PeerScript(ServerId self, Recovered recovered) {
        this(self, recovered, ZabConfig.Limits.DEFAULT);
    }

    /** A member of an ensemble of three voters and an observer, started, linked to nobody. */
    PeerScript(ServerId self, Recovered recovered, ZabConfig.Limits limits) {
        this(
                new ZabConfig(
                        self,
                        new Majority(List.of(ONE, TWO, THREE)),
                        List.of(OBSERVER),
                        new ZabConfig.Timing(150, 250, 20_000, 10_000, 2_500),
                        limits),
                recovered);
    }

    PeerScript(ZabConfig config, Recovered recovered) {
        peer = new ZabPeer(config, recovered);
        step(new Input.Ticked(nowMillis));
    }

    static Zxid zxid(Epoch epoch, int counter) {
        return Zxid.of(epoch, counter);
    }

    static Payload txn(String text) {
        return Payload.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static Proposal proposal(Epoch epoch, int counter) {
        return new Proposal(zxid(epoch, counter), txn(epoch + "/" + counter));
    }

    /** A server that was in {@code epoch} and logged its first {@code count} transactions. */
    static Recovered logged(Epoch epoch, int count) {
        List<Proposal> log = new ArrayList<>();
        for (int counter = 1; counter <= count; counter++) {
            log.add(proposal(epoch, counter));
        }
        return new Recovered(epoch, epoch, Zxid.ZERO, log);
    }

    PeerScript step(Input input) {
        Turn turn = peer.step(input);
        peer.invariants();
        writes.addAll(turn.writes());
        sends.addAll(turn.sends());
        deliveries.addAll(turn.deliveries());
        return this;
    }

    PeerScript link(ServerId... others) {
        for (ServerId other : others) {
            step(new Input.Connected(other, LINK));
        }
        return this;
    }

    PeerScript unlink(ServerId other) {
        return step(new Input.Disconnected(other, LINK));
    }

    PeerScript receive(ServerId from, PeerMessage message) {
        return step(new Input.Received(from, LINK, message));
    }

    PeerScript pass(long millis) {
        nowMillis += millis;
        return step(new Input.Ticked(nowMillis));
    }

    /** Everything handed to the disk is durable now, and what that leads to as well. */
    PeerScript sync() {
        while (!writes.isEmpty()) {
            long token = writes.get(writes.size() - 1).token();
            writes.clear();
            step(new Input.Written(token));
        }
        return this;
    }

    /** The first {@code count} writes are durable now. */
    PeerScript syncOnly(int count) {
        long token = writes.get(count - 1).token();
        writes.subList(0, count).clear();
        return step(new Input.Written(token));
    }

    PeerScript propose(String text) {
        return step(new Input.Proposed(txn(text)));
    }

    List<Write> writes() {
        return writes;
    }

    /** What was sent to {@code to} since the last look. */
    List<PeerMessage> sentTo(ServerId to) {
        List<PeerMessage> messages = new ArrayList<>();
        sends.removeIf(send -> {
            if (send.to().equals(to)) {
                messages.add(send.message());
                return true;
            }
            return false;
        });
        return messages;
    }

    <M extends PeerMessage> List<M> sentTo(ServerId to, Class<M> kind) {
        return sentTo(to).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What was delivered since the last look. */
    List<Delivery> delivered() {
        List<Delivery> all = List.copyOf(deliveries);
        deliveries.clear();
        return all;
    }

    List<Zxid> committed() {
        return delivered().stream()
                .filter(Delivery.Committed.class::isInstance)
                .map(delivery -> ((Delivery.Committed) delivery).zxid())
                .toList();
    }

    PeerScript forgetOutput() {
        sends.clear();
        deliveries.clear();
        return this;
    }

    // Shortcuts to places in the protocol

    static PeerMessage.Notification looking(Vote vote, long round) {
        return new PeerMessage.Notification(Role.LOOKING, false, round, vote);
    }

    static PeerMessage.Notification leading(ServerId leader, Epoch epoch, Zxid last) {
        return new PeerMessage.Notification(Role.LEADING, true, 1, new Vote(leader, epoch, last));
    }

    /** Follows {@code leader}, which says that it is established; its FollowerInfo was sent. */
    PeerScript follow(ServerId leader) {
        link(leader);
        receive(leader, leading(leader, E1, Zxid.ZERO));
        return this;
    }

    long session() {
        List<PeerMessage.FollowerInfo> infos = sends.stream()
                .map(Send::message)
                .filter(PeerMessage.FollowerInfo.class::isInstance)
                .map(PeerMessage.FollowerInfo.class::cast)
                .toList();
        return infos.get(infos.size() - 1).session();
    }

    /** Follows and has promised {@code epoch}, durably. */
    PeerScript promise(ServerId leader, Epoch epoch) {
        follow(leader);
        return receive(leader, new PeerMessage.NewEpoch(session(), epoch)).sync();
    }

    /** Follows, up to date in {@code epoch}, with the log that it had. */
    PeerScript upToDate(ServerId leader, Epoch epoch) {
        promise(leader, epoch);
        Zxid last = peer.lastLogged();
        receive(leader, new PeerMessage.Diff(last));
        receive(leader, new PeerMessage.NewLeader(epoch, last)).sync();
        return receive(leader, new PeerMessage.UpToDate(epoch, last)).forgetOutput();
    }

    /** Leads, chosen by {@code follower}'s vote; nobody has joined. */
    PeerScript elect(ServerId follower) {
        link(follower);
        receive(follower, looking(new Vote(peer.self(), peer.currentEpoch(), peer.lastLogged()), 1));
        return this;
    }

    /** Leads with {@code follower}, whose log is the same as the leader's, in broadcast. */
    PeerScript establish(ServerId follower) {
        elect(follower);
        join(follower, peer.lastLogged());
        return forgetOutput();
    }

    /** Lets {@code follower}, whose log ends at {@code last}, go through to UpToDate. */
    PeerScript join(ServerId follower, Zxid last) {
        Epoch accepted = peer.establishedEpoch().orElse(peer.currentEpoch());
        receive(follower, new PeerMessage.FollowerInfo(1, accepted)).sync();
        List<PeerMessage.NewEpoch> epochs = sentTo(follower, PeerMessage.NewEpoch.class);
        Epoch epoch = epochs.get(epochs.size() - 1).epoch();
        boolean counts = epoch.isAfter(accepted);
        receive(follower, new PeerMessage.AckEpoch(epoch, counts, peer.currentEpoch(), last))
                .sync();
        List<PeerMessage.NewLeader> leaders = sentTo(follower, PeerMessage.NewLeader.class);
        Zxid sent = leaders.get(leaders.size() - 1).last();
        return receive(follower, new PeerMessage.AckNewLeader(epoch, sent)).sync();
    }
}
