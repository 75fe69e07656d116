package dev.assent.coordination.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import java.util.List;
import org.junit.jupiter.api.Test;

class ElectionTest {
    private static final ServerId ONE = new ServerId(1);
    private static final ServerId TWO = new ServerId(2);
    private static final ServerId THREE = new ServerId(3);

    private final Election election = new Election(TWO, new Majority(List.of(ONE, TWO, THREE)));

    private static Vote vote(ServerId candidate, int epoch, int lastCounter) {
        return new Vote(candidate, new Epoch(epoch), Zxid.of(new Epoch(epoch), lastCounter));
    }

    private Election.Reply heard(ServerId from, long round, Vote vote) {
        return election.heard(from, round, vote, server -> true);
    }

    @Test
    void a_later_epoch_beats_a_longer_history_and_that_beats_a_larger_id() {
        assertThat(vote(ONE, 2, 1).beats(new Vote(THREE, new Epoch(1), Zxid.of(new Epoch(1), 99))))
                .isTrue();
        assertThat(vote(ONE, 1, 2).beats(vote(THREE, 1, 1))).isTrue();
        assertThat(vote(THREE, 1, 1).beats(vote(ONE, 1, 1))).isTrue();
        assertThat(vote(ONE, 1, 1).beats(vote(ONE, 1, 1))).isFalse();
    }

    @Test
    void a_better_vote_is_taken_over_and_told_to_everybody() {
        election.open(new Epoch(1), Zxid.of(new Epoch(1), 5));

        Election.Reply reply = heard(ONE, 1, vote(ONE, 1, 6));

        assertThat(reply).isEqualTo(Election.Reply.EVERYBODY);
        assertThat(election.vote().candidate()).isEqualTo(ONE);
        assertThat(election.isAgreed()).isTrue();
    }

    @Test
    void whoever_has_a_worse_vote_is_told_the_better_one() {
        election.open(new Epoch(1), Zxid.of(new Epoch(1), 5));

        assertThat(heard(ONE, 1, vote(ONE, 1, 4))).isEqualTo(Election.Reply.SENDER);
        assertThat(heard(ONE, 1, vote(TWO, 1, 5))).isEqualTo(Election.Reply.NOBODY);
        assertThat(election.isAgreed()).isTrue();
    }

    @Test
    void a_later_round_is_joined_and_the_votes_of_the_old_one_are_forgotten() {
        election.open(new Epoch(1), Zxid.of(new Epoch(1), 5));
        heard(THREE, 1, vote(TWO, 1, 5));
        assertThat(election.isAgreed()).isTrue();

        Election.Reply reply = heard(ONE, 7, vote(ONE, 1, 1));

        assertThat(reply).isEqualTo(Election.Reply.EVERYBODY);
        assertThat(election.round()).isEqualTo(7);
        assertThat(election.vote().candidate()).isEqualTo(TWO);
        assertThat(election.isAgreed()).isFalse();
    }

    @Test
    void a_vote_of_an_earlier_round_does_not_count_and_its_sender_is_told_of_the_round() {
        election.open(Epoch.NONE, Zxid.ZERO);
        election.open(Epoch.NONE, Zxid.ZERO);

        assertThat(heard(ONE, 1, vote(TWO, 0, 0))).isEqualTo(Election.Reply.SENDER);
        assertThat(election.isAgreed()).isFalse();
    }

    @Test
    void a_candidate_that_cannot_be_reached_is_not_taken_over_and_starts_no_endless_exchange() {
        election.open(Epoch.NONE, Zxid.ZERO);

        Election.Reply reply = election.heard(ONE, 1, vote(THREE, 5, 5), server -> !server.equals(THREE));

        assertThat(reply).isEqualTo(Election.Reply.NOBODY);
        assertThat(election.vote().candidate()).isEqualTo(TWO);
    }

    @Test
    void an_observer_has_no_vote() {
        election.open(Epoch.NONE, Zxid.ZERO);

        heard(new ServerId(9), 1, vote(TWO, 0, 0));

        assertThat(election.isAgreed()).isFalse();
    }

    @Test
    void waiting_is_idle_only_once_every_linked_voter_agrees() {
        election.open(Epoch.NONE, Zxid.ZERO);
        heard(ONE, 1, vote(TWO, 0, 0));

        assertThat(election.isAgreed()).isTrue();
        assertThat(election.isUnanimousAmong(server -> true)).isFalse();
        assertThat(election.isUnanimousAmong(server -> !server.equals(THREE))).isTrue();
    }

    @Test
    void a_candidate_whose_link_is_lost_is_given_up() {
        election.open(Epoch.NONE, Zxid.ZERO);
        heard(THREE, 1, vote(THREE, 0, 0));

        assertThat(election.lost(ONE)).isFalse();
        assertThat(election.lost(THREE)).isTrue();
    }
}
