package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.E3;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.proposal;
import static dev.assent.coordination.zab.PeerScript.txn;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A follower (1) of leader 3, sentence by sentence of the paper's sections IV-B to IV-D. */
class FollowingTest {
    private static PeerMessage.Propose propose(Epoch epoch, Zxid previous, Zxid committed, int... counters) {
        List<Proposal> proposals = java.util.Arrays.stream(counters)
                .mapToObj(counter -> proposal(epoch, counter))
                .toList();
        return new PeerMessage.Propose(epoch, previous, proposals, committed);
    }

    private static PeerScript follower(Recovered recovered) {
        return new PeerScript(ONE, recovered);
    }

    // Discovery

    @Test
    void a_promise_is_durable_before_it_is_given() {
        PeerScript script = follower(logged(E1, 2)).follow(THREE);

        script.receive(THREE, new PeerMessage.NewEpoch(script.session(), E2));
        assertThat(script.sentTo(THREE, PeerMessage.AckEpoch.class)).isEmpty();
        assertThat(script.writes()).containsExactly(new Write.SaveEpochs(1, E2, E1));

        script.sync();
        assertThat(script.sentTo(THREE, PeerMessage.AckEpoch.class))
                .containsExactly(new PeerMessage.AckEpoch(E2, true, E1, zxid(E1, 2)));
    }

    @Test
    void an_epoch_before_the_promised_one_is_not_followed() {
        PeerScript script = follower(logged(E2, 2)).follow(THREE);

        script.receive(THREE, new PeerMessage.NewEpoch(script.session(), E1));

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void an_epoch_that_was_promised_before_is_acknowledged_but_is_no_new_promise() {
        PeerScript script = follower(logged(E2, 2)).follow(THREE);

        script.receive(THREE, new PeerMessage.NewEpoch(script.session(), E2));

        assertThat(script.sentTo(THREE, PeerMessage.AckEpoch.class))
                .containsExactly(new PeerMessage.AckEpoch(E2, false, E2, zxid(E2, 2)));
    }

    @Test
    void what_a_leader_sent_to_an_earlier_attempt_is_ignored() {
        PeerScript script = follower(logged(E1, 2)).follow(THREE);

        script.receive(THREE, new PeerMessage.NewEpoch(script.session() + 1, E2));

        assertThat(script.writes()).isEmpty();
    }

    // Synchronization

    @Test
    void diff_continues_the_log() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);

        script.receive(THREE, new PeerMessage.Diff(zxid(E1, 2)))
                .receive(THREE, propose(E1, zxid(E1, 2), Zxid.ZERO, 3, 4));

        assertThat(script.writes()).isEmpty();
        script.receive(THREE, new PeerMessage.Propose(E2, zxid(E1, 2), List.of(proposal(E1, 3)), Zxid.ZERO));
        assertThat(script.writes()).containsExactly(new Write.Append(2, zxid(E1, 3), txn("e1/3")));
    }

    @Test
    void trunc_drops_what_the_leader_does_not_have() {
        PeerScript script = follower(logged(E1, 5)).promise(THREE, E2);

        script.receive(THREE, new PeerMessage.Trunc(zxid(E1, 3)));

        assertThat(script.writes()).containsExactly(new Write.Truncate(2, zxid(E1, 3)));
        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E1, 3));
    }

    @Test
    void history_then_epoch_then_acknowledgement_each_durable_before_the_next() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        script.receive(THREE, new PeerMessage.Diff(zxid(E1, 2)));
        script.receive(THREE, new PeerMessage.Propose(E2, zxid(E1, 2), List.of(proposal(E1, 3)), Zxid.ZERO));

        script.receive(THREE, new PeerMessage.NewLeader(E2, zxid(E1, 3)));
        assertThat(script.writes()).hasSize(1).first().isInstanceOf(Write.Append.class);

        script.syncOnly(1);
        assertThat(script.writes()).containsExactly(new Write.SaveEpochs(3, E2, E2));
        assertThat(script.sentTo(THREE, PeerMessage.AckNewLeader.class)).isEmpty();

        script.sync();
        assertThat(script.sentTo(THREE, PeerMessage.AckNewLeader.class))
                .containsExactly(new PeerMessage.AckNewLeader(E2, zxid(E1, 3)));
    }

    @Test
    void a_history_that_ends_elsewhere_than_the_leaders_is_not_acknowledged() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        script.receive(THREE, new PeerMessage.Diff(zxid(E1, 2)));

        script.receive(THREE, new PeerMessage.NewLeader(E2, zxid(E1, 3))).sync();

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void the_history_is_delivered_and_clients_are_served_only_once_up_to_date() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        script.receive(THREE, new PeerMessage.Diff(zxid(E1, 2)));
        script.receive(THREE, new PeerMessage.NewLeader(E2, zxid(E1, 2))).sync();
        script.receive(THREE, new PeerMessage.Commit(E2, zxid(E1, 2)));
        assertThat(script.committed()).isEmpty();

        script.receive(THREE, new PeerMessage.UpToDate(E2, zxid(E1, 2)));

        assertThat(script.delivered())
                .containsExactly(
                        new Delivery.Committed(zxid(E1, 1), txn("e1/1")),
                        new Delivery.Committed(zxid(E1, 2), txn("e1/2")),
                        new Delivery.RoleChanged(Role.FOLLOWING, E2, Optional.of(THREE), true));
    }

    @Test
    void a_snapshot_replaces_the_history_only_once_it_is_durable() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        Zxid at = zxid(E1, 90);
        script.receive(THREE, new PeerMessage.Snap(at));

        script.receive(THREE, new PeerMessage.SnapshotPiece(at, 0, txn("sn"), false));
        script.receive(THREE, new PeerMessage.SnapshotPiece(at, 1, txn("ap"), true));
        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E1, 2));
        assertThat(script.sentTo(THREE, PeerMessage.AckSnapshotPiece.class)).isEmpty();

        script.sync();
        assertThat(script.delivered()).contains(new Delivery.SnapshotInstalled(at));
        assertThat(script.peer.lastLogged()).isEqualTo(at);
        assertThat(script.sentTo(THREE, PeerMessage.AckSnapshotPiece.class))
                .containsExactly(new PeerMessage.AckSnapshotPiece(at, 1));
    }

    @Test
    void a_snapshot_that_breaks_off_leaves_everything_as_it_was() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        Zxid at = zxid(E1, 90);
        script.receive(THREE, new PeerMessage.Snap(at));
        script.receive(THREE, new PeerMessage.SnapshotPiece(at, 0, txn("sn"), false))
                .sync();

        script.unlink(THREE);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E1, 2));
        assertThat(script.delivered()).noneMatch(Delivery.SnapshotInstalled.class::isInstance);
    }

    @Test
    void nobody_votes_with_a_history_that_a_snapshot_is_about_to_replace() {
        PeerScript script = follower(logged(E1, 2)).promise(THREE, E2);
        Zxid at = zxid(E1, 90);
        script.receive(THREE, new PeerMessage.Snap(at));
        script.receive(THREE, new PeerMessage.SnapshotPiece(at, 0, txn("sn"), true));
        script.link(PeerScript.TWO).forgetOutput();

        script.unlink(THREE).pass(1_000);
        assertThat(script.sentTo(PeerScript.TWO)).isEmpty();

        script.sync();
        assertThat(script.sentTo(PeerScript.TWO, PeerMessage.Notification.class))
                .extracting(told -> told.vote().zxid())
                .containsExactly(at);
    }

    // Broadcast

    @Test
    void a_proposal_is_acknowledged_when_it_is_durable_and_not_before() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);

        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1));
        assertThat(script.sentTo(THREE)).isEmpty();

        script.sync();
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.Ack(E1, zxid(E1, 1)));
    }

    @Test
    void one_acknowledgement_stands_for_all_that_became_durable_together() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1))
                .receive(THREE, propose(E1, zxid(E1, 1), Zxid.ZERO, 2))
                .receive(THREE, propose(E1, zxid(E1, 2), Zxid.ZERO, 3));

        script.syncOnly(2);
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.Ack(E1, zxid(E1, 2)));

        script.sync();
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.Ack(E1, zxid(E1, 3)));
    }

    @Test
    void transactions_are_delivered_in_order_once_committed() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1, 2, 3));
        assertThat(script.committed()).isEmpty();

        script.receive(THREE, new PeerMessage.Commit(E1, zxid(E1, 2)));
        assertThat(script.committed()).containsExactly(zxid(E1, 1), zxid(E1, 2));

        script.receive(THREE, new PeerMessage.Commit(E1, zxid(E1, 2)));
        assertThat(script.committed()).isEmpty();
    }

    @Test
    void a_commit_may_ride_on_a_proposal() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1));

        script.receive(THREE, propose(E1, zxid(E1, 1), zxid(E1, 1), 2));

        assertThat(script.committed()).containsExactly(zxid(E1, 1));
    }

    @Test
    void a_proposal_that_came_before_is_ignored() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1, 2));

        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1, 2, 3));

        assertThat(script.writes()).hasSize(3);
        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E1, 3));
    }

    @Test
    void follower_rejects_a_proposal_from_another_epoch() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E2);

        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1))
                .receive(THREE, propose(E3, Zxid.ZERO, Zxid.ZERO, 1));

        assertThat(script.writes()).isEmpty();
    }

    @Test
    void nobody_but_the_leader_has_a_say() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1).link(PeerScript.TWO);

        script.receive(PeerScript.TWO, propose(E1, Zxid.ZERO, Zxid.ZERO, 1));
        script.receive(PeerScript.TWO, new PeerMessage.StartOver());

        assertThat(script.writes()).isEmpty();
        assertThat(script.peer.role()).isEqualTo(Role.FOLLOWING);
    }

    // Failure detection

    @Test
    void the_loss_of_the_leaders_link_ends_following_at_once() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);

        script.unlink(THREE);

        assertThat(script.delivered())
                .containsExactly(new Delivery.RoleChanged(Role.LOOKING, E1, Optional.empty(), false));
    }

    @Test
    void a_leader_that_is_silent_for_sync_limit_is_left_and_a_ping_is_enough_to_stay() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.pass(9_000).receive(THREE, new PeerMessage.Ping()).pass(9_000);
        assertThat(script.peer.role()).isEqualTo(Role.FOLLOWING);
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.Pong());

        script.pass(1_001);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void a_leader_that_looks_again_is_left_at_once() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);

        script.receive(THREE, PeerScript.looking(new dev.assent.coordination.election.Vote(THREE, E1, Zxid.ZERO), 5));

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    // Applications' messages

    @Test
    void applications_talk_with_the_leader_only_and_only_while_clients_are_served() {
        PeerScript script = follower(Recovered.NOTHING).follow(THREE);
        script.forgetOutput();
        script.step(new Input.AppSent(THREE, txn("early"))).receive(THREE, new PeerMessage.App(txn("early")));
        assertThat(script.sentTo(THREE)).isEmpty();
        assertThat(script.delivered()).isEmpty();

        PeerScript served = follower(Recovered.NOTHING).upToDate(THREE, E1).link(PeerScript.TWO);
        served.step(new Input.AppSent(THREE, txn("up"))).step(new Input.AppSent(PeerScript.TWO, txn("aside")));
        served.receive(THREE, new PeerMessage.App(txn("down")));

        assertThat(served.sentTo(THREE)).containsExactly(new PeerMessage.App(txn("up")));
        assertThat(served.sentTo(PeerScript.TWO)).isEmpty();
        assertThat(served.delivered()).containsExactly(new Delivery.AppReceived(THREE, txn("down")));
    }

    // What must never be

    @Test
    void a_committed_transaction_is_never_truncated() {
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, Zxid.ZERO, 1, 2))
                .receive(THREE, new PeerMessage.Commit(E1, zxid(E1, 2)));
        script.sync().unlink(THREE);
        script.promise(THREE, E2);

        assertThatThrownBy(() -> script.receive(THREE, new PeerMessage.Trunc(zxid(E1, 1))))
                .isInstanceOf(Invariants.Violation.class)
                .hasMessageContaining("is committed");
    }

    @Test
    void a_log_with_a_hole_is_not_taken_from_the_disk() {
        Recovered holed = new Recovered(E1, E1, Zxid.ZERO, List.of(proposal(E1, 1), proposal(E1, 3)));

        assertThatThrownBy(() -> follower(holed))
                .isInstanceOf(Invariants.Violation.class)
                .hasMessageContaining("hole");
    }

    @Test
    void payloads_are_passed_on_as_they_are() {
        Payload large = Payload.wrap(new byte[3 << 20]);
        PeerScript script = follower(Recovered.NOTHING).upToDate(THREE, E1);

        script.receive(
                THREE, new PeerMessage.Propose(E1, Zxid.ZERO, List.of(new Proposal(zxid(E1, 1), large)), Zxid.ZERO));

        assertThat(((Write.Append) script.writes().get(0)).txn()).isSameAs(large);
    }
}
