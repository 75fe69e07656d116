package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Send;
import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldCommitsTest {
    private static final Epoch EPOCH = new Epoch(1);
    private static final ServerId ASKING = new ServerId(1);
    private static final ServerId OTHER = new ServerId(3);

    private final List<Send> sent = new ArrayList<>();
    private long nowMillis = 5_000;
    private final HeldCommits outgoing = new HeldCommits(
            new Clock() {
                @Override
                public long monotonicMillis() {
                    return nowMillis;
                }

                @Override
                public long epochMillis() {
                    throw new IllegalStateException("not for intervals");
                }
            },
            sent::add);

    private static Send send(ServerId to, PeerMessage message) {
        return new Send(to, 7, message);
    }

    private static PeerMessage.Commit commitOf(int counter) {
        return new PeerMessage.Commit(EPOCH, Zxid.of(EPOCH, counter));
    }

    /** A turn of the loop in which everybody is told of a commit, for which a client of the first one waits. */
    private PeerMessage.Commit turn(int counter) {
        PeerMessage.Commit commit = commitOf(counter);
        outgoing.send(send(ASKING, commit));
        outgoing.send(send(OTHER, commit));
        outgoing.hurry(ASKING);
        outgoing.release();
        return commit;
    }

    private List<PeerMessage> sentTo(ServerId member) {
        return sent.stream()
                .filter(send -> send.to().equals(member))
                .map(Send::message)
                .toList();
    }

    @Test
    void a_commit_far_from_any_other_goes_at_once() {
        turn(1);
        nowMillis += HeldCommits.HELD_MILLIS_MAX + 1;
        turn(2);

        assertThat(sentTo(OTHER)).containsExactly(commitOf(1), commitOf(2));
        assertThat(outgoing.millisUntilDue(nowMillis)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void while_commits_follow_closely_only_who_waits_is_told_at_once_and_the_last_word_goes_before_the_next_message() {
        turn(1);
        nowMillis += 1;
        turn(2);
        turn(3);

        assertThat(sentTo(ASKING)).containsExactly(commitOf(1), commitOf(2), commitOf(3));
        assertThat(sentTo(OTHER)).containsExactly(commitOf(1));

        outgoing.send(send(OTHER, new PeerMessage.Ping()));

        assertThat(sentTo(OTHER)).containsExactly(commitOf(1), commitOf(3), new PeerMessage.Ping());
    }

    @Test
    void none_is_held_back_longer_than_the_bound_though_others_follow() {
        turn(1);
        nowMillis += 1;
        turn(2);
        nowMillis += HeldCommits.HELD_MILLIS_MAX - 1;
        turn(3);
        assertThat(sentTo(OTHER)).containsExactly(commitOf(1));
        assertThat(outgoing.millisUntilDue(nowMillis)).isEqualTo(1);

        nowMillis += 1;
        outgoing.release();

        assertThat(sentTo(OTHER)).containsExactly(commitOf(1), commitOf(3));
    }

    @Test
    void what_is_told_at_once_takes_the_place_of_what_was_held_back() {
        turn(1);
        nowMillis += 1;
        turn(2);
        nowMillis += HeldCommits.HELD_MILLIS_MAX + 1;

        turn(3);
        outgoing.release();

        assertThat(sentTo(OTHER)).containsExactly(commitOf(1), commitOf(3));
    }
}
