package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.E3;
import static dev.assent.coordination.zab.PeerScript.OBSERVER;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.TWO;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.looking;
import static dev.assent.coordination.zab.PeerScript.proposal;
import static dev.assent.coordination.zab.PeerScript.txn;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Leader 2 of three voters and an observer, sentence by sentence of the paper's sections IV-B to IV-D. */
class LeadingTest {
    private static PeerScript leader(Recovered recovered) {
        return new PeerScript(TWO, recovered);
    }

    private static PeerMessage.FollowerInfo info(Epoch accepted) {
        return new PeerMessage.FollowerInfo(7, accepted);
    }

    private static PeerMessage.AckEpoch ackEpoch(Epoch epoch, Epoch current, Zxid last) {
        return new PeerMessage.AckEpoch(epoch, true, current, last);
    }

    // Discovery

    @Test
    void the_new_epoch_is_after_all_that_a_quorum_promised_and_the_leader_promises_first() {
        PeerScript script = leader(logged(E1, 1)).elect(ONE);
        script.forgetOutput();

        script.receive(ONE, info(E2));
        assertThat(script.writes()).containsExactly(new Write.SaveEpochs(1, E3, E1));
        assertThat(script.sentTo(ONE)).isEmpty();

        script.sync();
        assertThat(script.sentTo(ONE)).containsExactly(new PeerMessage.NewEpoch(7, E3));
    }

    @Test
    void one_that_promised_as_much_already_makes_the_leader_choose_a_later_epoch() {
        PeerScript script = leader(logged(E1, 1)).elect(ONE).link(THREE);
        script.receive(ONE, info(E1)).sync().forgetOutput();

        script.receive(THREE, info(E2)).sync();

        assertThat(script.sentTo(ONE)).containsExactly(new PeerMessage.NewEpoch(7, E3));
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.NewEpoch(7, E3));
    }

    @Test
    void a_follower_with_a_longer_history_ends_this_leadership() {
        PeerScript script = leader(logged(E1, 1)).elect(ONE);
        script.receive(ONE, info(E1)).sync();

        script.receive(ONE, ackEpoch(E2, E1, zxid(E1, 2)));

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.peer.lastReason()).contains("longer history");
    }

    @Test
    void a_repeated_promise_does_not_count_for_the_quorum() {
        PeerScript script = leader(logged(E1, 1)).elect(ONE);
        script.receive(ONE, info(E1)).sync().forgetOutput();

        script.receive(ONE, new PeerMessage.AckEpoch(E2, false, E1, zxid(E1, 1)))
                .sync();

        assertThat(script.sentTo(ONE)).isEmpty();
    }

    @Test
    void nobody_is_synchronized_before_a_quorum_has_promised() {
        ServerId four = new ServerId(4);
        ServerId five = new ServerId(5);
        ZabConfig ofFive = ZabConfig.of(
                TWO, new dev.assent.coordination.quorum.Majority(List.of(ONE, TWO, THREE, four, five)), List.of());
        PeerScript script = new PeerScript(ofFive, logged(E1, 1)).link(ONE, THREE);
        Vote own = new Vote(TWO, E1, zxid(E1, 1));
        script.receive(ONE, looking(own, 1)).receive(THREE, looking(own, 1));
        script.receive(ONE, info(E1)).receive(THREE, info(E1)).sync().forgetOutput();

        script.receive(ONE, ackEpoch(E2, E1, zxid(E1, 1)));
        assertThat(script.sentTo(ONE)).isEmpty();

        script.receive(THREE, ackEpoch(E2, E1, Zxid.ZERO));
        assertThat(script.sentTo(ONE, PeerMessage.Diff.class)).hasSize(1);
        assertThat(script.sentTo(THREE, PeerMessage.Diff.class)).hasSize(1);
    }

    // Synchronization

    private static List<PeerMessage> sync(PeerScript script, ServerId to, Zxid last) {
        script.link(to).receive(to, info(E1)).sync();
        Epoch epoch = script.sentTo(to, PeerMessage.NewEpoch.class).get(0).epoch();
        script.forgetOutput();
        script.receive(to, ackEpoch(epoch, E1, last));
        return script.sentTo(to);
    }

    @Test
    void whoever_has_a_part_of_the_history_gets_the_rest() {
        PeerScript script = leader(logged(E1, 3)).establish(ONE);

        assertThat(sync(script, THREE, zxid(E1, 1)))
                .containsExactly(
                        new PeerMessage.Diff(zxid(E1, 1)),
                        new PeerMessage.Propose(
                                E2, zxid(E1, 1), List.of(proposal(E1, 2), proposal(E1, 3)), zxid(E1, 3)),
                        new PeerMessage.NewLeader(E2, zxid(E1, 3)));
    }

    @Test
    void whoever_has_more_is_truncated_to_what_both_have() {
        PeerScript script = leader(logged(E1, 3)).establish(ONE);

        assertThat(sync(script, THREE, zxid(E1, 8)))
                .containsExactly(new PeerMessage.Trunc(zxid(E1, 3)), new PeerMessage.NewLeader(E2, zxid(E1, 3)));
    }

    @Test
    void a_branch_in_the_middle_is_truncated_and_then_continued() {
        PeerScript script = leader(logged(E1, 3)).establish(ONE).propose("x").sync();

        List<PeerMessage> sent = sync(script, THREE, zxid(E1, 8));

        assertThat(sent.get(0)).isEqualTo(new PeerMessage.Trunc(zxid(E1, 3)));
        assertThat(((PeerMessage.Propose) sent.get(1)).proposals())
                .extracting(Proposal::zxid)
                .containsExactly(zxid(E2, 1));
        assertThat(sent.get(2)).isEqualTo(new PeerMessage.NewLeader(E2, zxid(E2, 1)));
    }

    @Test
    void whoever_is_too_far_behind_gets_the_state_and_then_the_rest() {
        Recovered snapshotOnly = new Recovered(E1, E1, zxid(E1, 50), List.of(proposal(E1, 51)));
        PeerScript script = leader(snapshotOnly).establish(ONE);

        assertThat(sync(script, THREE, zxid(E1, 7))).containsExactly(new PeerMessage.Snap(zxid(E1, 51)));
        Delivery.SnapshotRequested asked =
                (Delivery.SnapshotRequested) script.delivered().get(0);
        assertThat(asked.at()).isEqualTo(zxid(E1, 51));
        script.propose("meanwhile");
        assertThat(script.sentTo(THREE)).isEmpty();

        script.step(new Input.SnapshotRead(THREE, asked.generation(), 0, txn("state"), true));
        script.receive(THREE, new PeerMessage.AckSnapshotPiece(zxid(E1, 51), 0));

        assertThat(script.sentTo(THREE))
                .containsExactly(
                        new PeerMessage.SnapshotPiece(zxid(E1, 51), 0, txn("state"), true),
                        new PeerMessage.Propose(
                                E2, zxid(E1, 51), List.of(new Proposal(zxid(E2, 1), txn("meanwhile"))), zxid(E1, 51)),
                        new PeerMessage.NewLeader(E2, zxid(E2, 1)));
    }

    @Test
    void a_snapshot_flows_no_faster_than_the_learners_disk() {
        ZabConfig.Limits twoPieces = new ZabConfig.Limits(10, 1000, 10, 1000, 2, 10, Zxid.COUNTER_MAX);
        PeerScript script =
                new PeerScript(TWO, new Recovered(E1, E1, zxid(E1, 50), List.of()), twoPieces).establish(ONE);
        sync(script, THREE, zxid(E1, 7));
        long request = ((Delivery.SnapshotRequested) script.delivered().get(0)).generation();

        script.step(new Input.SnapshotRead(THREE, request, 0, txn("a"), false));
        script.step(new Input.SnapshotRead(THREE, request, 1, txn("b"), false));
        assertThat(script.delivered()).isEmpty();

        script.receive(THREE, new PeerMessage.AckSnapshotPiece(zxid(E1, 50), 0));
        assertThat(script.delivered()).containsExactly(new Delivery.SnapshotWanted(THREE, request, 2));
    }

    @Test
    void clients_are_served_once_a_quorum_has_the_history_durable_the_leader_included() {
        PeerScript script = leader(logged(E1, 2)).elect(ONE);
        script.receive(ONE, info(E1)).sync();
        script.receive(ONE, ackEpoch(E2, E1, zxid(E1, 2)));
        assertThat(script.writes()).containsExactly(new Write.SaveEpochs(2, E2, E2));
        script.forgetOutput();

        script.receive(ONE, new PeerMessage.AckNewLeader(E2, zxid(E1, 2)));
        assertThat(script.delivered()).isEmpty();

        script.sync();
        assertThat(script.delivered())
                .containsExactly(
                        new Delivery.Committed(zxid(E1, 1), txn("e1/1")),
                        new Delivery.Committed(zxid(E1, 2), txn("e1/2")),
                        new Delivery.RoleChanged(Role.LEADING, E2, Optional.of(TWO), true));
        assertThat(script.sentTo(ONE, PeerMessage.UpToDate.class))
                .containsExactly(new PeerMessage.UpToDate(E2, zxid(E1, 2)));
    }

    // Broadcast

    @Test
    void a_proposal_is_sent_without_waiting_for_the_own_disk() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE);

        script.propose("a");

        assertThat(script.writes()).hasSize(1);
        assertThat(script.sentTo(ONE, PeerMessage.Propose.class)).hasSize(1);
        assertThat(script.committed()).isEmpty();
    }

    @Test
    void the_leader_is_one_voter_of_the_quorum_and_no_more() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE);

        script.propose("a").sync();
        assertThat(script.committed()).isEmpty();

        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 1)));
        assertThat(script.committed()).containsExactly(zxid(E1, 1));
    }

    @Test
    void a_quorum_of_followers_commits_before_the_leaders_own_disk() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE).link(THREE).join(THREE, Zxid.ZERO);
        script.forgetOutput();

        script.propose("a");
        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 1)));
        assertThat(script.committed()).isEmpty();
        script.receive(THREE, new PeerMessage.Ack(E1, zxid(E1, 1)));

        assertThat(script.committed()).containsExactly(zxid(E1, 1));
        assertThat(script.sentTo(THREE)).contains(new PeerMessage.Commit(E1, zxid(E1, 1)));
    }

    @Test
    void acknowledgements_are_cumulative_and_so_are_commits() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE);
        script.propose("a").propose("b").propose("c").sync().forgetOutput();

        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 3)));

        assertThat(script.committed()).containsExactly(zxid(E1, 1), zxid(E1, 2), zxid(E1, 3));
        assertThat(script.sentTo(ONE)).containsExactly(new PeerMessage.Commit(E1, zxid(E1, 3)));
    }

    @Test
    void an_acknowledgement_of_another_epoch_counts_for_nothing() {
        PeerScript script = leader(logged(E1, 1)).establish(ONE);
        script.propose("a").sync().forgetOutput();

        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E2, 1)));

        assertThat(script.committed()).isEmpty();
    }

    @Test
    void an_observer_hears_of_committed_transactions_only_and_its_word_counts_for_nothing() {
        PeerScript script = leader(logged(E1, 1)).establish(ONE).link(OBSERVER).join(OBSERVER, zxid(E1, 1));
        script.forgetOutput();
        script.propose("a").sync();

        script.receive(OBSERVER, new PeerMessage.Ack(E2, zxid(E2, 1)));
        assertThat(script.committed()).isEmpty();
        assertThat(script.sentTo(OBSERVER)).isEmpty();

        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E2, 1)));
        assertThat(script.sentTo(OBSERVER))
                .containsExactly(new PeerMessage.Inform(E2, zxid(E1, 1), List.of(new Proposal(zxid(E2, 1), txn("a")))));
    }

    // Failure detection

    @Test
    void a_leader_that_hears_no_quorum_within_sync_limit_stops_serving() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE);
        script.pass(9_000).receive(ONE, new PeerMessage.Pong()).pass(9_000);
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);

        script.unlink(ONE).pass(1_001);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.delivered()).contains(new Delivery.RoleChanged(Role.LOOKING, E1, Optional.empty(), false));
    }

    @Test
    void a_leader_that_nobody_joins_gives_up_after_init_limit() {
        PeerScript script = leader(Recovered.NOTHING).elect(ONE);

        script.pass(20_001);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void a_silent_learner_is_let_go_and_told_so() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE).link(THREE).join(THREE, Zxid.ZERO);
        script.forgetOutput().pass(6_000).receive(ONE, new PeerMessage.Pong()).pass(6_000);

        assertThat(script.sentTo(THREE, PeerMessage.StartOver.class)).hasSize(1);
        script.propose("a");
        assertThat(script.sentTo(THREE)).isEmpty();
    }

    @Test
    void what_is_proposed_to_one_who_does_not_lead_is_never_committed() {
        PeerScript script = leader(Recovered.NOTHING).elect(ONE);

        script.propose("too early").sync();
        script.join(ONE, Zxid.ZERO);

        assertThat(script.committed()).isEmpty();
    }

    @Test
    void applications_talk_with_learners_that_are_up_to_date() {
        PeerScript script = leader(Recovered.NOTHING).establish(ONE).link(THREE);

        script.step(new Input.AppSent(ONE, txn("down"))).step(new Input.AppSent(THREE, txn("aside")));
        script.receive(ONE, new PeerMessage.App(txn("up"))).receive(THREE, new PeerMessage.App(txn("no")));

        assertThat(script.sentTo(ONE)).contains(new PeerMessage.App(txn("down")));
        assertThat(script.sentTo(THREE, PeerMessage.App.class)).isEmpty();
        assertThat(script.delivered()).containsExactly(new Delivery.AppReceived(ONE, txn("up")));
    }
}
