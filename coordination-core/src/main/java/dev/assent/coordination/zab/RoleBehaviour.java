package dev.assent.coordination.zab;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import org.jspecify.annotations.Nullable;

/**
 * What a peer does in one role, from entering it to leaving it; a new object each time, so that nothing is carried
 * over by accident. A message that a role has no method for means nothing in that role and is ignored.
 */
abstract sealed class RoleBehaviour implements PeerMessage.Handler permits Looking, Learning, Leading {
    private final Member member;
    private ServerId sender;
    private @Nullable Transition transition;

    RoleBehaviour(Member member) {
        this.member = member;
        this.sender = member.self();
    }

    abstract Role role();

    abstract void enter();

    /** Time went on; {@link Member#nowMillis} tells how far. */
    abstract void ticked();

    abstract void connected(ServerId peer);

    abstract void disconnected(ServerId peer);

    /** Something became durable; {@code logMoved} if transactions did. */
    abstract void written(boolean logMoved);

    /** Whether {@link #written} will make a difference. */
    boolean awaitsDisk() {
        return true;
    }

    abstract void appSent(ServerId to, Payload message);

    void proposed(Payload txn) {
        // Only a leader orders transactions. This one was on its way when the role changed; it is never committed.
    }

    void snapshotRead(Input.SnapshotRead piece) {
        // Only a leader streams snapshots. This piece was being read when the role changed.
    }

    void invariants() {}

    final void received(ServerId from, PeerMessage message) {
        sender = from;
        message.accept(this);
    }

    /** The transition asked for, once. */
    final @Nullable Transition takeTransition() {
        Transition asked = transition;
        transition = null;
        return asked;
    }

    final Member member() {
        return member;
    }

    /** Who sent the message that is being handled. */
    final ServerId sender() {
        return sender;
    }

    /** Asks for a new role; the caller does nothing more in this one. The first wish counts. */
    final void become(Transition wish) {
        if (transition == null) {
            transition = wish;
        }
    }

    final void giveUp(String reason) {
        become(new Transition.ToLooking(reason));
    }

    final boolean isLeaving() {
        return transition != null;
    }

    @Override
    public void followerInfo(PeerMessage.FollowerInfo message) {}

    @Override
    public void newEpoch(PeerMessage.NewEpoch message) {}

    @Override
    public void ackEpoch(PeerMessage.AckEpoch message) {}

    @Override
    public void diff(PeerMessage.Diff message) {}

    @Override
    public void trunc(PeerMessage.Trunc message) {}

    @Override
    public void snap(PeerMessage.Snap message) {}

    @Override
    public void snapshotPiece(PeerMessage.SnapshotPiece message) {}

    @Override
    public void ackSnapshotPiece(PeerMessage.AckSnapshotPiece message) {}

    @Override
    public void newLeader(PeerMessage.NewLeader message) {}

    @Override
    public void ackNewLeader(PeerMessage.AckNewLeader message) {}

    @Override
    public void upToDate(PeerMessage.UpToDate message) {}

    @Override
    public void propose(PeerMessage.Propose message) {}

    @Override
    public void ack(PeerMessage.Ack message) {}

    @Override
    public void commit(PeerMessage.Commit message) {}

    @Override
    public void inform(PeerMessage.Inform message) {}

    @Override
    public void ping(PeerMessage.Ping message) {}

    @Override
    public void pong(PeerMessage.Pong message) {}

    @Override
    public void startOver(PeerMessage.StartOver message) {}

    @Override
    public void app(PeerMessage.App message) {}
}
