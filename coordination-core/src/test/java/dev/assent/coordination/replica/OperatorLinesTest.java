package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import dev.assent.coordination.model.ServerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One line, with the reason, of whatever a member does that its operator has to know of. */
class OperatorLinesTest {
    @TempDir
    Path root;

    @Test
    void an_election_is_a_line_with_its_reason_and_its_outcome_another() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT);
                LogLines lines = LogLines.of(PeerDriver.class)) {
            Node leader = ensemble.leader();
            ensemble.stop(leader);
            Node next = ensemble.leader();
            Node other = ensemble.follower();
            Await.until("both serve", () -> next.ledger.isServing() && other.ledger.isServing());

            for (Node node : List.of(next, other)) {
                String looks = "server " + node.id.value() + " looks for a leader: ";
                assertThat(lines.with(looks).get(0)).startsWith(looks).contains(leader.id.toString());
                assertThat(lines.with("server " + node.id.value() + " "))
                        .as("each said once: a line for an election, and one for what came of it")
                        .doesNotHaveDuplicates()
                        .hasSize(2 * lines.with(looks).size());
            }
            assertThat(lines.with("server " + next.id.value() + " leads, in epoch "))
                    .hasSize(1);
            assertThat(lines.with("server " + other.id.value() + " follows server " + next.id.value() + ", in epoch "))
                    .hasSize(1);
        }
    }

    @Test
    void a_leader_that_leads_no_more_says_why() throws IOException {
        SteppedClock clock = new SteppedClock();
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT.withClock(clock));
                LogLines lines = LogLines.of(PeerDriver.class)) {
            Node leader = ensemble.leader();
            for (Node node : ensemble.running()) {
                if (node != leader) {
                    ensemble.stop(node);
                }
            }
            assertThat(lines.all()).isEmpty();

            Await.until("it gives up", () -> {
                clock.advance(50);
                return !leader.ledger.isLeading();
            });

            assertThat(lines.all())
                    .containsExactly("server " + leader.id.value()
                            + " looks for a leader: heard no quorum of followers for syncLimit");
        }
    }

    @Test
    void a_snapshot_is_a_line_with_its_position_and_its_time() throws IOException {
        try (Ensemble alone = new Ensemble(root, List.of(new ServerId(1)));
                LogLines lines = LogLines.of(SnapshotWork.class)) {
            Node node = alone.start(new ServerId(1), Node.Settings.withShortHistory(50));
            alone.proposeAndAwait(1, 60);
            Await.until("it is written", () -> node.replica.metrics().snapshots() == 1);

            assertThat(lines.all()).hasSize(1).first().asString().matches("snapshot of \\S+ written in \\d+ ms");
        }
    }
}
