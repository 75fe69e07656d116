package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.spi.CorruptDataException;
import dev.assent.invariants.Invariants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaTest {
    @TempDir
    Path root;

    @Test
    void what_the_leader_proposes_is_delivered_everywhere_in_order() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT)) {
            ensemble.proposeAndAwait(1, 5000);

            for (Node node : ensemble.running()) {
                assertThat(node.ledger.entries()).as(node.id.toString()).isEqualTo(numbers(1, 5000));
            }
            ReplicaMetrics metrics = ensemble.leader().replica.metrics();
            assertThat(metrics.proposed()).isEqualTo(5000);
            assertThat(metrics.syncs()).isLessThan(2500);
        }
    }

    @Test
    void after_the_leader_is_gone_a_new_one_goes_on_and_nothing_acknowledged_is_lost() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT)) {
            ensemble.proposeAndAwait(1, 200);
            Node leader = ensemble.leader();
            for (long number = 201; number <= 400; number++) {
                leader.propose(number);
            }
            Await.until("some are acknowledged", () -> leader.ledger.size() > 250);
            ensemble.stop(leader);
            int acknowledged = leader.ledger.size();

            ensemble.proposeAndAwait(1000, 1100);

            for (Node node : ensemble.running()) {
                assertThat(node.ledger.entries())
                        .startsWith(numbers(1, acknowledged).toArray(new Long[0]));
                assertThat(node.ledger.entries()).endsWith(numbers(1000, 1100).toArray(new Long[0]));
            }
        }
    }

    @Test
    void a_member_that_was_away_catches_up_from_the_leaders_history() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT)) {
            ensemble.proposeAndAwait(1, 100);
            Node away = ensemble.follower();
            ensemble.stop(away);
            ensemble.proposeAndAwait(101, 300);

            Node back = ensemble.start(away.id, Node.Settings.DEFAULT);

            Await.until("it caught up", () -> back.ledger.size() == 300);
            assertThat(back.ledger.entries()).isEqualTo(numbers(1, 300));
            assertThat(back.ledger.restores()).isZero();
        }
    }

    @Test
    void a_member_that_is_too_far_behind_gets_the_leaders_state_and_keeps_it() throws IOException {
        Node.Settings settings = Node.Settings.withShortHistory(50);
        try (Ensemble ensemble = Ensemble.ofThree(root, settings)) {
            ensemble.proposeAndAwait(1, 10);
            Node away = ensemble.follower();
            ensemble.stop(away);
            ensemble.proposeAndAwait(11, 1000);

            Node back = ensemble.start(away.id, Node.Settings.DEFAULT);
            Await.until("it has the state", () -> back.ledger.size() == 1000);
            assertThat(back.ledger.restores()).isEqualTo(1);
            ensemble.proposeAndAwait(1001, 1010);
            ensemble.stop(back);
            Node again = ensemble.start(away.id, Node.Settings.DEFAULT);

            Await.until("it is complete after a restart", () -> again.ledger.size() == 1010);
            assertThat(again.ledger.entries()).isEqualTo(numbers(1, 1010));
        }
    }

    @Test
    void all_members_restart_from_their_snapshots_and_logs() throws IOException {
        Node.Settings settings = Node.Settings.withShortHistory(100);
        try (Ensemble ensemble = Ensemble.ofThree(root, settings)) {
            for (int round = 0; round < 8; round++) {
                int stored = round;
                ensemble.proposeAndAwait(round * 120L + 1, round * 120L + 120);
                for (Node node : ensemble.running()) {
                    Await.until("a snapshot", () -> node.replica.metrics().snapshots() > stored);
                }
            }
        }
        assertThat(snapshots(new ServerId(1))).isEqualTo(3);

        try (Ensemble ensemble = Ensemble.ofThree(root, settings)) {
            ensemble.proposeAndAwait(961, 970);

            for (Node node : ensemble.running()) {
                assertThat(node.ledger.entries()).isEqualTo(numbers(1, 970));
                assertThat(node.ledger.restores()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_failing_disk_stops_the_node_and_the_others_go_on() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT)) {
            ensemble.proposeAndAwait(1, 100);
            Node doomed = ensemble.follower();
            ensemble.stop(doomed);
            FailingLog[] failing = new FailingLog[1];
            Node back = ensemble.start(doomed.id, Node.Settings.DEFAULT.withLog(log -> {
                failing[0] = new FailingLog(log);
                return failing[0];
            }));
            Await.until("it follows", back.ledger::isServing);

            failing[0].failFromNowOn();
            ensemble.leader().propose(101);

            Await.until("it stopped", () -> back.fatal.get() != null);
            assertThat(back.fatal.get()).hasMessage("no space left on device");
            assertThat(failing[0].callsAfterFailure()).isZero();
            assertThatThrownBy(() -> back.replica.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
            ensemble.stop(back);
            ensemble.proposeAndAwait(102, 200);
            assertThat(ensemble.leader().ledger.entries()).isEqualTo(numbers(1, 200));
        }
    }

    @Test
    void a_failing_disk_under_the_leader_makes_another_lead() throws IOException {
        FailingLog[] failing = new FailingLog[4];
        try (Ensemble ensemble = new Ensemble(root, List.of(new ServerId(1), new ServerId(2), new ServerId(3)))) {
            for (int id = 1; id <= 3; id++) {
                int index = id;
                ensemble.start(new ServerId(id), Node.Settings.DEFAULT.withLog(log -> {
                    failing[index] = new FailingLog(log);
                    return failing[index];
                }));
            }
            ensemble.proposeAndAwait(1, 50);
            Node leader = ensemble.leader();

            failing[leader.id.value()].failFromNowOn();
            leader.propose(51);
            Await.until("it stopped", () -> leader.fatal.get() != null);
            ensemble.stop(leader);

            ensemble.proposeAndAwait(100, 150);
            assertThat(ensemble.leader().ledger.entries())
                    .startsWith(numbers(1, 50).toArray(new Long[0]));
        }
    }

    @Test
    void a_broken_invariant_of_the_application_stops_the_node() throws IOException {
        try (Ensemble ensemble = Ensemble.ofThree(root, Node.Settings.DEFAULT)) {
            Node follower = ensemble.follower();
            ensemble.leader();

            follower.replica.execute(() -> follower.replica.propose(Ledger.txn(1)));

            Await.until("it stopped", () -> follower.fatal.get() != null);
            assertThat(follower.fatal.get())
                    .isInstanceOf(Invariants.Violation.class)
                    .hasMessageContaining("does not lead");
            ensemble.stop(follower);
        }
    }

    @Test
    void a_member_whose_only_snapshot_is_damaged_does_not_start_with_a_gap() throws IOException {
        Node.Settings settings = Node.Settings.withShortHistory(50);
        ServerId victim;
        try (Ensemble ensemble = Ensemble.ofThree(root, settings)) {
            ensemble.proposeAndAwait(1, 10);
            Node away = ensemble.follower();
            victim = away.id;
            ensemble.stop(away);
            ensemble.proposeAndAwait(11, 1000);
            Node back = ensemble.start(victim, Node.Settings.DEFAULT);
            Await.until("it has the state", () -> back.ledger.size() == 1000);
            ensemble.stop(back);

            for (Path file : snapshotFiles(victim)) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[100] ^= 1;
                Files.write(file, bytes);
            }

            assertThatThrownBy(() -> ensemble.start(victim, settings))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("what is between is lost");
        }
    }

    @Test
    void tasks_run_in_the_order_in_which_one_thread_submits_them_even_when_the_queue_is_full() throws IOException {
        try (Ensemble ensemble = new Ensemble(root, List.of(new ServerId(1)))) {
            Node node = ensemble.start(new ServerId(1), Node.Settings.DEFAULT);
            ensemble.leader();
            int count = 3 * ReplicaConfig.Limits.DEFAULT.tasksMax();

            for (int number = 1; number <= count; number++) {
                node.propose(number);
            }

            Await.until("all are delivered", () -> node.ledger.size() == count);
            assertThat(node.ledger.entries()).isEqualTo(numbers(1, count));
        }
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().collect(Collectors.toList());
    }

    private int snapshots(ServerId id) throws IOException {
        return snapshotFiles(id).size();
    }

    private List<Path> snapshotFiles(ServerId id) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(id.toString()))) {
            return files.filter(file -> file.getFileName().toString().startsWith("snapshot-"))
                    .collect(Collectors.toList());
        }
    }
}
