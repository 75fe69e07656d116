package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.E3;
import static dev.assent.coordination.zab.PeerScript.LINK;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.TWO;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.looking;
import static dev.assent.coordination.zab.PeerScript.proposal;
import static dev.assent.coordination.zab.PeerScript.txn;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Zxid;
import dev.assent.invariants.Invariants;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Bugs that ZooKeeper had in its protocol, each with the rule that keeps it out here. The numbers are those of the
 * Apache issue tracker, ZOOKEEPER-n.
 *
 * <pre>
 * 4643, 4646        epoch on disk before the history; acknowledged before durable
 * 3023, 4685        acknowledgements that race
 * 4394, 4925, 4352  proposals between DIFF and broadcast lost: a hole
 * 4712, 4541        a log writer outlives the role that it wrote for
 * 3911, 4785        served before a quorum had the history
 * 2845              what was never committed stays in the retained state
 * 3642, 5094        memory ahead of the disk after a broken-off synchronization
 * 2355              received, logged and committed confused
 * 2307, 2354, 4269  will not start on its epochs
 * 1818, 3109, 3537  election stuck
 * </pre>
 */
class BugsOfOthersTest {
    private static PeerMessage.Propose propose(
            dev.assent.coordination.model.Epoch epoch, Zxid previous, Proposal... proposals) {
        return new PeerMessage.Propose(epoch, previous, List.of(proposals), Zxid.ZERO);
    }

    @Test
    void zk4643_the_epoch_is_written_only_after_the_history_is_durable_also_by_the_leader() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, proposal(E1, 1)));
        script.unlink(THREE).link(ONE);
        script.receive(ONE, PeerScript.looking(new Vote(TWO, E1, zxid(E1, 1)), 2));
        script.receive(ONE, new PeerMessage.FollowerInfo(1, E1));
        List<Write> writes = script.writes();
        assertThat(writes).hasSize(2);
        assertThat(writes.get(0)).isInstanceOf(Write.Append.class);
        assertThat(writes.get(1)).isEqualTo(new Write.SaveEpochs(writes.get(1).token(), E2, E1));

        script.sync();
        script.receive(ONE, new PeerMessage.AckEpoch(E2, true, E1, Zxid.ZERO));

        assertThat(script.writes())
                .containsExactly(new Write.SaveEpochs(script.writes().get(0).token(), E2, E2));
    }

    @Test
    void zk4646_proposals_that_follow_the_history_are_not_acknowledged_before_it() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).promise(THREE, E1);
        script.receive(THREE, new PeerMessage.Diff(Zxid.ZERO));
        script.receive(THREE, new PeerMessage.NewLeader(E1, Zxid.ZERO));
        script.forgetOutput();

        script.receive(THREE, propose(E1, Zxid.ZERO, proposal(E1, 1)));
        script.syncOnly(2);

        assertThat(script.sentTo(THREE))
                .containsExactly(new PeerMessage.AckNewLeader(E1, zxid(E1, 1)), new PeerMessage.Ack(E1, zxid(E1, 1)));
    }

    @Test
    void zk3023_acknowledgements_never_go_back() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).establish(ONE);
        script.propose("a").propose("b").sync();
        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 2)));
        assertThat(script.committed()).hasSize(2);

        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 1)));

        assertThat(script.committed()).isEmpty();
        assertThat(script.peer.lastCommitted()).isEqualTo(zxid(E1, 2));
    }

    @Test
    void zk4394_a_proposal_between_newleader_and_uptodate_is_logged_and_later_committed() {
        PeerScript script = new PeerScript(ONE, logged(E1, 1)).promise(THREE, E2);
        script.receive(THREE, new PeerMessage.Diff(zxid(E1, 1)));
        script.receive(THREE, new PeerMessage.NewLeader(E2, zxid(E1, 1)));
        script.receive(THREE, propose(E2, zxid(E1, 1), proposal(E2, 1)));
        script.sync().receive(THREE, new PeerMessage.UpToDate(E2, zxid(E1, 1)));
        assertThat(script.committed()).containsExactly(zxid(E1, 1));

        script.receive(THREE, new PeerMessage.Commit(E2, zxid(E2, 1)));

        assertThat(script.committed()).containsExactly(zxid(E2, 1));
    }

    @Test
    void zk4925_a_learner_that_joins_under_load_gets_every_proposal_exactly_once() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).establish(ONE).link(THREE);
        script.propose("a");
        script.receive(THREE, new PeerMessage.FollowerInfo(1, E1)).propose("b").forgetOutput();
        script.receive(THREE, new PeerMessage.AckEpoch(E2, true, E1, zxid(E1, 1)));
        script.propose("c");
        script.receive(THREE, new PeerMessage.AckNewLeader(E2, zxid(E2, 2)));
        script.propose("d");

        List<PeerMessage.Propose> proposed = script.sentTo(THREE, PeerMessage.Propose.class);

        assertThat(proposed.stream().flatMap(message -> message.proposals().stream()))
                .extracting(Proposal::zxid)
                .containsExactly(zxid(E2, 1), zxid(E2, 2), zxid(E2, 3), zxid(E2, 4));
    }

    @Test
    void zk4352_a_gap_is_refused_and_the_learner_synchronizes_anew() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).upToDate(THREE, E1);

        script.receive(THREE, propose(E1, zxid(E1, 1), proposal(E1, 2)));

        assertThat(script.writes()).isEmpty();
        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.peer.lastReason()).contains("missing");
    }

    @Test
    void zk4352_a_gap_within_one_message_stops_the_node() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).upToDate(THREE, E1);

        assertThatThrownBy(() -> script.receive(THREE, propose(E1, Zxid.ZERO, proposal(E1, 1), proposal(E1, 3))))
                .isInstanceOf(Invariants.Violation.class)
                .hasMessageContaining("hole");
    }

    @Test
    void zk4712_a_write_of_the_last_role_that_becomes_durable_in_the_next_is_no_acknowledgement_there() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, proposal(E1, 1)));
        script.unlink(THREE).follow(TWO).forgetOutput();

        script.sync();

        assertThat(script.sentTo(TWO)).isEmpty();
        assertThat(script.peer.lastDurable()).isEqualTo(zxid(E1, 1));
    }

    @Test
    void zk4541_messages_of_a_link_that_is_gone_are_ignored() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).establish(ONE);
        script.propose("a").sync().unlink(ONE);
        script.step(new Input.Connected(ONE, LINK + 1));

        script.step(new Input.Received(ONE, LINK, new PeerMessage.Ack(E1, zxid(E1, 1))));

        assertThat(script.committed()).isEmpty();
    }

    @Test
    void zk4541_a_new_link_ends_the_old_one_even_if_nobody_said_so() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).upToDate(THREE, E1);

        script.step(new Input.Connected(THREE, LINK + 1));

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void zk3911_a_late_learner_is_not_counted_before_its_history_is_durable() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).elect(ONE);
        script.receive(ONE, new PeerMessage.FollowerInfo(1, E1)).sync();
        script.receive(ONE, new PeerMessage.AckEpoch(E2, true, E1, Zxid.ZERO)).sync();
        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E1, 1)));

        assertThat(script.peer.isEstablishedLeader()).isFalse();
        assertThat(script.committed()).isEmpty();
    }

    @Test
    void zk2845_what_was_proposed_but_never_committed_is_not_delivered_and_is_dropped_on_request() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).establish(ONE);
        script.propose("never committed").sync().unlink(ONE);
        script.pass(20_000).follow(THREE);
        script.receive(THREE, new PeerMessage.NewEpoch(script.session(), E2)).sync();

        script.receive(THREE, new PeerMessage.Trunc(Zxid.ZERO));
        script.receive(THREE, propose(E2, Zxid.ZERO, new Proposal(zxid(E2, 1), txn("other"))));
        script.receive(THREE, new PeerMessage.NewLeader(E2, zxid(E2, 1))).sync();
        script.receive(THREE, new PeerMessage.UpToDate(E2, zxid(E2, 1)));

        assertThat(script.committed()).containsExactly(zxid(E2, 1));
    }

    @Test
    void zk3642_an_interrupted_synchronization_counts_as_what_it_left_in_the_log() {
        PeerScript script = new PeerScript(ONE, logged(E1, 5)).promise(THREE, E2);
        script.receive(THREE, new PeerMessage.Trunc(zxid(E1, 3)));
        script.unlink(THREE).link(TWO).forgetOutput().pass(1_000);

        Vote vote = script.sentTo(TWO, PeerMessage.Notification.class).get(0).vote();

        assertThat(vote).isEqualTo(new Vote(ONE, E1, zxid(E1, 3)));
    }

    @Test
    void zk2355_logged_durable_and_committed_are_three_positions() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).upToDate(THREE, E1);
        script.receive(THREE, propose(E1, Zxid.ZERO, proposal(E1, 1), proposal(E1, 2), proposal(E1, 3)));
        script.syncOnly(2).receive(THREE, new PeerMessage.Commit(E1, zxid(E1, 1)));

        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E1, 3));
        assertThat(script.peer.lastDurable()).isEqualTo(zxid(E1, 2));
        assertThat(script.peer.lastCommitted()).isEqualTo(zxid(E1, 1));
    }

    @Test
    void zk2307_a_log_that_is_ahead_of_the_current_epoch_is_a_state_to_start_from() {
        Recovered interrupted = new Recovered(E3, E1, Zxid.ZERO, List.of(proposal(E1, 1), proposal(E2, 1)));

        PeerScript script = new PeerScript(ONE, interrupted);

        assertThat(script.peer.currentEpoch()).isEqualTo(E1);
        assertThat(script.peer.lastLogged()).isEqualTo(zxid(E2, 1));
    }

    @Test
    void zk4269_epochs_that_contradict_each_other_are_named() {
        assertThatThrownBy(() -> new Recovered(E1, E2, Zxid.ZERO, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("current epoch e2")
                .hasMessageContaining("let it join anew");
    }

    @Test
    void zk1818_the_round_of_the_election_has_nothing_to_do_with_the_epoch() {
        PeerScript script = new PeerScript(ONE, logged(E1, 1)).link(TWO);

        script.receive(TWO, looking(new Vote(TWO, E1, zxid(E1, 1)), 4_000_000_000_000L));

        assertThat(script.peer.role()).isEqualTo(Role.FOLLOWING);
        assertThat(script.peer.currentEpoch()).isEqualTo(E1);
    }

    @Test
    void zk3109_a_vote_for_a_server_that_is_gone_does_not_outlive_its_link() {
        PeerScript script = new PeerScript(ONE, logged(E1, 1)).link(TWO, THREE);
        script.receive(THREE, looking(new Vote(THREE, E1, zxid(E1, 9)), 1)).forgetOutput();

        script.unlink(THREE);

        assertThat(script.sentTo(TWO, PeerMessage.Notification.class))
                .containsExactly(looking(new Vote(ONE, E1, zxid(E1, 1)), 2));
    }
}
