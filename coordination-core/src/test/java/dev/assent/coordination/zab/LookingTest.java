package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.OBSERVER;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.TWO;
import static dev.assent.coordination.zab.PeerScript.leading;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.looking;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LookingTest {
    private static Vote vote(int candidate, int epoch, int counter) {
        return new Vote(
                new dev.assent.coordination.model.ServerId(candidate),
                new Epoch(epoch),
                zxid(new Epoch(epoch), counter));
    }

    @Test
    void a_server_alone_in_its_ensemble_leads_without_waiting() {
        ZabConfig alone = ZabConfig.of(ONE, new Majority(List.of(ONE)), List.of());
        PeerScript script = new PeerScript(alone, Recovered.NOTHING).sync();

        script.propose("a").sync();

        assertThat(script.delivered())
                .containsExactly(
                        new Delivery.RoleChanged(Role.LOOKING, Epoch.NONE, Optional.empty(), false),
                        new Delivery.RoleChanged(Role.LEADING, Epoch.NONE, Optional.of(ONE), false),
                        new Delivery.RoleChanged(Role.LEADING, E1, Optional.of(ONE), true),
                        new Delivery.Committed(zxid(E1, 1), PeerScript.txn("a")));
    }

    @Test
    void without_a_quorum_of_votes_nobody_leads() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).link(TWO, THREE);

        script.pass(100_000);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void a_quorum_waits_a_moment_for_a_better_vote_of_a_linked_voter() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).link(ONE, THREE);
        script.receive(ONE, looking(vote(2, 0, 0), 1));

        script.pass(149);
        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);

        script.pass(1);
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
    }

    @Test
    void nobody_waits_for_a_voter_that_is_gone() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING).link(ONE, THREE);
        script.receive(ONE, looking(vote(2, 0, 0), 1));

        script.unlink(THREE);

        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
    }

    @Test
    void a_longer_history_wins_over_a_larger_id() {
        PeerScript script = new PeerScript(THREE, logged(E1, 4)).link(ONE, TWO);

        script.receive(ONE, looking(vote(1, 1, 5), 1)).receive(TWO, looking(vote(1, 1, 5), 1));

        assertThat(script.peer.role()).isEqualTo(Role.FOLLOWING);
        assertThat(script.delivered().get(1))
                .isEqualTo(new Delivery.RoleChanged(Role.FOLLOWING, E1, Optional.of(ONE), false));
    }

    @Test
    void the_elected_is_spoken_to_only_once_it_says_that_it_leads() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).link(TWO);
        script.receive(TWO, looking(vote(2, 0, 0), 1));
        assertThat(script.peer.role()).isEqualTo(Role.FOLLOWING);
        assertThat(script.sentTo(TWO, PeerMessage.FollowerInfo.class)).isEmpty();

        script.receive(TWO, new PeerMessage.Notification(Role.LEADING, false, 1, vote(2, 0, 0)));

        assertThat(script.sentTo(TWO, PeerMessage.FollowerInfo.class)).hasSize(1);
    }

    @Test
    void an_elected_that_never_says_that_it_leads_is_given_up_soon() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).link(TWO);
        script.receive(TWO, looking(vote(2, 0, 0), 1));

        script.pass(2_000);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void a_late_comer_is_told_who_leads_and_follows_whatever_its_own_history() {
        PeerScript leader = new PeerScript(TWO, logged(E1, 3)).establish(ONE);
        leader.link(THREE).receive(THREE, looking(vote(3, 1, 9), 7));
        PeerMessage answer =
                leader.sentTo(THREE, PeerMessage.Notification.class).get(1);

        PeerScript lateComer = new PeerScript(THREE, logged(E1, 9)).link(TWO).receive(TWO, answer);

        assertThat(lateComer.peer.role()).isEqualTo(Role.FOLLOWING);
        assertThat(leader.peer.isEstablishedLeader()).isTrue();
    }

    @Test
    void a_leader_without_a_quorum_yields_to_a_better_vote_and_is_not_followed_by_its_sender() {
        PeerScript leader = new PeerScript(TWO, logged(E1, 3)).elect(ONE).link(THREE);
        assertThat(leader.peer.role()).isEqualTo(Role.LEADING);
        PeerMessage claim = leader.sentTo(THREE, PeerMessage.Notification.class).get(0);

        PeerScript better = new PeerScript(THREE, logged(E1, 9)).link(TWO).receive(TWO, claim);
        leader.receive(THREE, looking(vote(3, 1, 9), 7));

        assertThat(better.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(leader.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void an_observer_follows_an_established_leader_only_and_never_leads() {
        PeerScript script = new PeerScript(OBSERVER, Recovered.NOTHING).link(ONE, TWO);
        script.receive(ONE, looking(vote(9, 0, 0), 1)).receive(TWO, looking(vote(9, 0, 0), 1));
        script.receive(ONE, new PeerMessage.Notification(Role.LEADING, false, 1, vote(1, 0, 0)));
        script.pass(10_000);
        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);

        script.receive(ONE, leading(ONE, E2, Zxid.ZERO));

        assertThat(script.peer.role()).isEqualTo(Role.OBSERVING);
    }

    @Test
    void a_vote_is_repeated_so_that_one_told_to_a_server_in_another_role_is_not_lost() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING).link(TWO);
        script.forgetOutput();

        script.pass(250);

        assertThat(script.sentTo(TWO, PeerMessage.Notification.class)).hasSize(1);
    }

    @Test
    void nothing_happens_before_the_first_tick_but_links_are_remembered() {
        ZabPeer peer = new ZabPeer(ZabConfig.of(ONE, new Majority(List.of(ONE, TWO)), List.of()), Recovered.NOTHING);

        assertThat(peer.step(new Input.Connected(TWO, 1))).isEqualTo(Turn.NOTHING);
        Turn first = peer.step(new Input.Ticked(5));

        assertThat(first.sends()).extracting(Send::to).containsExactly(TWO);
    }
}
