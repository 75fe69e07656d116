package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a replica holds words of commits back, and when it lets them go: its members' clocks stand still meanwhile. */
class HeldCommitsWiringTest {
    @TempDir
    Path root;

    /** Goes as time does, until it is stopped. */
    private static final class StoppableClock implements Clock {
        private static final long GOES = -1;
        private final AtomicLong stoppedAtMillis = new AtomicLong(GOES);

        @Override
        public long monotonicMillis() {
            long stopped = stoppedAtMillis.get();
            return stopped == GOES ? Node.CLOCK.monotonicMillis() : stopped;
        }

        @Override
        public long epochMillis() {
            return Node.CLOCK.epochMillis();
        }

        void stop() {
            stoppedAtMillis.set(Node.CLOCK.monotonicMillis());
        }

        void advance(long millis) {
            stoppedAtMillis.addAndGet(millis);
        }
    }

    @Test
    void who_is_hurried_learns_of_a_commit_at_once_and_the_others_when_their_time_has_come() throws IOException {
        StoppableClock clock = new StoppableClock();
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT.withClock(clock))) {
            Node leader = ensemble.leader();
            List<Node> followers =
                    ensemble.running().stream().filter(node -> node != leader).toList();
            Node waiting = followers.get(0);
            Node other = followers.get(1);
            clock.stop();
            leader.propose(1);
            for (Node node : ensemble.running()) {
                Await.until(node.id + " has the first", () -> node.ledger.size() == 1);
            }

            leader.propose(2);
            Await.until("the leader has the second", () -> leader.ledger.size() == 2);
            assertThat(waiting.ledger.size()).isOne();
            leader.replica.execute(() -> leader.replica.hurry(waiting.id));
            Await.until("who was hurried has it too", () -> waiting.ledger.size() == 2);
            assertThat(other.ledger.size()).isOne();

            // Too little for a ping, which would carry the word along.
            clock.advance(HeldCommits.HELD_MILLIS_MAX);
            Await.until("the other has it", () -> other.ledger.size() == 2);
        }
    }
}
