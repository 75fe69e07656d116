package dev.assent.coordination.zab;

import static dev.assent.coordination.zab.PeerScript.E1;
import static dev.assent.coordination.zab.PeerScript.E2;
import static dev.assent.coordination.zab.PeerScript.ONE;
import static dev.assent.coordination.zab.PeerScript.THREE;
import static dev.assent.coordination.zab.PeerScript.TWO;
import static dev.assent.coordination.zab.PeerScript.logged;
import static dev.assent.coordination.zab.PeerScript.looking;
import static dev.assent.coordination.zab.PeerScript.zxid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.election.Vote;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Zxid;
import org.junit.jupiter.api.Test;

/** A disk that neither answers nor fails, at server 2 of three voters. */
class StalledDiskTest {
    private static final long STALL = 2_500;

    /** Leads with both others; its one proposal is not durable on its own disk. */
    private static PeerScript leaderWithAStalledDisk() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).establish(ONE).link(THREE);
        script.join(THREE, zxid(E1, 1)).forgetOutput();
        return script.propose("a");
    }

    private static void acknowledge(PeerScript script) {
        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E2, 1)));
        script.receive(THREE, new PeerMessage.Ack(E2, zxid(E2, 1)));
    }

    /** As time goes on, with both followers heard. */
    private static void pass(PeerScript script, long millis) {
        for (long passed = 0; passed < millis; passed += 250) {
            script.pass(250).receive(ONE, new PeerMessage.Pong()).receive(THREE, new PeerMessage.Pong());
        }
    }

    @Test
    void a_leader_that_its_quorum_goes_on_without_gives_up_within_the_bound_and_tells_everybody() {
        PeerScript script = leaderWithAStalledDisk();
        acknowledge(script);
        pass(script, STALL);
        assertThat(script.peer.isEstablishedLeader()).isTrue();
        script.forgetOutput();

        pass(script, 250);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.peer.lastReason()).contains("made nothing durable for 2750 ms");
        assertThat(script.sentTo(ONE)).containsExactly(new PeerMessage.StartOver());
        assertThat(script.sentTo(THREE)).containsExactly(new PeerMessage.StartOver());
    }

    @Test
    void a_leader_whose_quorum_is_no_faster_stays() {
        PeerScript script = leaderWithAStalledDisk();
        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E1, 1)));

        pass(script, 3 * STALL);

        assertThat(script.peer.isEstablishedLeader()).isTrue();
    }

    @Test
    void a_disk_that_is_slow_but_moves_costs_nobody_the_leadership() {
        PeerScript script = leaderWithAStalledDisk().propose("b").propose("c");
        acknowledge(script);
        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E2, 3)));
        script.receive(THREE, new PeerMessage.Ack(E2, zxid(E2, 3)));
        for (int i = 0; i < 3; i++) {
            pass(script, STALL);
            script.syncOnly(1);
        }

        assertThat(script.peer.isEstablishedLeader()).isTrue();
    }

    @Test
    void who_looks_with_a_stalled_disk_has_no_vote_until_the_disk_answers() {
        PeerScript script = leaderWithAStalledDisk();
        acknowledge(script);
        pass(script, STALL + 250);
        script.forgetOutput();

        script.receive(ONE, looking(new Vote(TWO, E2, zxid(E2, 1)), 5));
        script.receive(THREE, looking(new Vote(TWO, E2, zxid(E2, 1)), 5));
        pass(script, 4 * STALL);
        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.sentTo(ONE)).isEmpty();

        script.sync();
        assertThat(script.sentTo(ONE, PeerMessage.Notification.class)).isNotEmpty();
        script.receive(ONE, looking(new Vote(ONE, E2, zxid(E2, 1)), 9));
        script.receive(THREE, looking(new Vote(TWO, E2, zxid(E2, 1)), 9));
        script.pass(1_000);
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
    }

    @Test
    void one_whose_disk_stalls_during_an_election_withdraws() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1));
        script.link(ONE, THREE).promise(ONE, E2).receive(ONE, new PeerMessage.Diff(zxid(E1, 1)));
        script.receive(ONE, new PeerMessage.NewLeader(E2, zxid(E1, 1)));
        script.unlink(ONE).forgetOutput();
        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);

        script.pass(STALL + 1).forgetOutput();
        script.receive(THREE, looking(new Vote(TWO, E2, Zxid.of(E1, 1)), 99)).pass(1_000);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
        assertThat(script.sentTo(THREE)).isEmpty();
    }

    @Test
    void an_elected_whose_disk_does_not_take_the_new_epoch_stays_where_nobody_else_could_lead() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).elect(ONE);
        script.receive(ONE, new PeerMessage.FollowerInfo(1, new Epoch(1)));

        script.pass(10_000).receive(ONE, new PeerMessage.Pong()).pass(9_000);

        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
    }

    @Test
    void an_elected_whose_disk_does_not_take_the_new_epoch_leaves_the_others_most_of_init_limit() {
        PeerScript script = new PeerScript(TWO, logged(E1, 1)).elect(ONE).link(THREE);
        script.receive(ONE, new PeerMessage.FollowerInfo(1, new Epoch(1)));
        script.receive(THREE, new PeerMessage.FollowerInfo(1, new Epoch(1)));

        script.pass(5_000);
        assertThat(script.peer.role()).isEqualTo(Role.LEADING);
        script.pass(1);

        assertThat(script.peer.role()).isEqualTo(Role.LOOKING);
    }

    @Test
    void a_leader_awaits_its_disk_while_that_would_complete_a_quorum_and_no_longer() {
        PeerScript script = leaderWithAStalledDisk();
        assertThat(script.peer.awaitsDisk()).as("nobody else has it yet").isFalse();

        script.receive(ONE, new PeerMessage.Ack(E2, zxid(E2, 1)));
        assertThat(script.peer.awaitsDisk()).as("one other has it").isTrue();

        script.receive(THREE, new PeerMessage.Ack(E2, zxid(E2, 1)));
        assertThat(script.peer.awaitsDisk()).as("it is committed").isFalse();
    }

    @Test
    void whoever_does_not_lead_an_open_epoch_awaits_its_disk() {
        PeerScript looking = new PeerScript(TWO, logged(E1, 1));
        PeerScript opening = new PeerScript(TWO, logged(E1, 1)).elect(ONE);

        assertThat(looking.peer.awaitsDisk()).isTrue();
        assertThat(opening.peer.awaitsDisk()).isTrue();
    }
}
