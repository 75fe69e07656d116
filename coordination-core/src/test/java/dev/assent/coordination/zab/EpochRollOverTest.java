package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.TWO;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.txn;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Zxid;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A new epoch under the same leader: clients notice nothing. */
class EpochRollOverTest {
    private static final ZabConfig.Limits TWO_PER_EPOCH = new ZabConfig.Limits(100, 1 << 20, 10, 1000, 2, 2, 2);

    private static PeerScript leaderAtTheEndOfItsEpoch() {
        PeerScript script = new PeerScript(TWO, Recovered.NOTHING, TWO_PER_EPOCH).establish(ONE);
        script.propose("a").propose("b").sync();
        script.receive(ONE, new PeerMessage.Ack(E1, zxid(E1, 2))).forgetOutput();
        return script;
    }

    private static void complete(PeerScript script) {
        script.sync();
        script.receive(ONE, new PeerMessage.AckEpoch(E2, true, E1, zxid(E1, 2))).sync();
        script.receive(ONE, new PeerMessage.AckNewLeader(E2, zxid(E1, 2)));
    }

    @Test
    void the_proposal_that_finds_the_counter_used_up_opens_an_epoch_and_waits_for_it() {
        PeerScript script = leaderAtTheEndOfItsEpoch();

        script.propose("c");
        assertThat(script.writes()).containsExactly(new Write.SaveEpochs(5, E2, E1));

        complete(script);
        assertThat(script.sentTo(ONE, PeerMessage.Propose.class))
                .containsExactly(new PeerMessage.Propose(
                        E2, zxid(E1, 2), List.of(new Proposal(zxid(E2, 1), txn("c"))), zxid(E1, 2)));
    }

    @Test
    void the_application_is_served_all_the_time() {
        PeerScript script = leaderAtTheEndOfItsEpoch();

        script.propose("c");
        complete(script);
        script.sync().receive(ONE, new PeerMessage.Ack(E2, zxid(E2, 1)));

        assertThat(script.delivered()).containsExactly(new Delivery.Committed(zxid(E2, 1), txn("c")));
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
    }

    @Test
    void a_follower_is_served_all_the_time_as_well() {
        PeerScript script = new PeerScript(ONE, Recovered.NOTHING);
        script.follow(TWO);
        long session = script.session();
        script.receive(TWO, new PeerMessage.NewEpoch(session, E1)).sync();
        script.receive(TWO, new PeerMessage.Diff(Zxid.ZERO));
        script.receive(TWO, new PeerMessage.NewLeader(E1, Zxid.ZERO)).sync();
        script.receive(TWO, new PeerMessage.UpToDate(E1, Zxid.ZERO)).forgetOutput();

        script.receive(TWO, new PeerMessage.NewEpoch(session, E2)).sync();
        script.receive(TWO, new PeerMessage.App(txn("meanwhile")));
        script.receive(TWO, new PeerMessage.Diff(Zxid.ZERO));
        script.receive(TWO, new PeerMessage.NewLeader(E2, Zxid.ZERO)).sync();
        script.receive(TWO, new PeerMessage.UpToDate(E2, Zxid.ZERO));

        assertThat(script.peer.currentEpoch()).isEqualTo(E2);
        assertThat(script.delivered()).containsExactly(new Delivery.AppReceived(TWO, txn("meanwhile")));
    }

    @Test
    void messages_to_a_learner_wait_for_the_commits_that_go_before_them() {
        PeerScript script = leaderAtTheEndOfItsEpoch();
        script.propose("c");

        script.step(new Input.AppSent(ONE, txn("after c")));
        assertThat(script.sentTo(ONE, PeerMessage.App.class)).isEmpty();

        complete(script);
        List<PeerMessage> sent = script.sentTo(ONE);
        assertThat(sent.indexOf(new PeerMessage.App(txn("after c"))))
                .isGreaterThan(sent.indexOf(new PeerMessage.UpToDate(E2, zxid(E1, 2))));
    }

    @Test
    void only_so_many_proposals_wait() {
        PeerScript script = leaderAtTheEndOfItsEpoch();

        script.propose("c").propose("d");
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
        script.propose("e");

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.peer.lastReason()).contains("too many proposals");
    }

    @Test
    void one_who_promised_a_later_epoch_elsewhere_can_join_because_the_leader_opens_a_still_later_one() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).establish(ONE).link(THREE);
        script.forgetOutput();

        script.receive(THREE, new PeerMessage.FollowerInfo(1, new dev.assent.coordination.model.Epoch(8)))
                .sync();

        assertThat(script.sentTo(THREE))
                .contains(new PeerMessage.NewEpoch(1, new dev.assent.coordination.model.Epoch(9)));
        assertThat(script.sentTo(ONE, PeerMessage.NewEpoch.class)).hasSize(1);
        assertThat(script.peer.establishedEpoch()).contains(E2);
    }
}
