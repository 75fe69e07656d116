package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.flight.FlightRecording;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.replay.Replay;
import dev.assent.tx.replay.ReplayVerdict;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is recorded of a transaction whose process is killed.
 *
 * <pre>
 * resources: two PostgreSQL databases; a store
 * fault:     kill -9 of the coordinating process after COMMIT is durable and the first branch has committed, before the
 *            second has
 * expected:  the recording replays to the state in the databases: first committed, second prepared; with what recovery
 *            recorded afterwards, to both committed
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class FlightRecorderKillIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern TRANSACTION = Pattern.compile("\"transaction\":\"([0-9a-f]+)\"");

    private final PostgresServer server;
    private final Database first;
    private final Database second;

    @TempDir
    private Path folder;

    FlightRecorderKillIT(PostgresServer server) throws SQLException {
        this.server = server;
        this.first = server.newDatabase();
        this.second = server.newDatabase();
        first.execute("CREATE TABLE pair(number bigint PRIMARY KEY)");
        second.execute("CREATE TABLE pair(number bigint PRIMARY KEY)");
    }

    @Test
    void a_transaction_cut_by_a_kill_replays_to_the_state_that_it_left() throws Exception {
        Path flight = folder.resolve("flight");
        try (ZooKeeperEnsemble store = new ZooKeeperEnsemble(folder.resolve("store"))) {
            runAndKill(store.connect(), flight);
            Matcher named = TRANSACTION.matcher(recorded(flight));
            assertThat(named.find()).isTrue();
            FlightExport cut = FlightExport.of(named.group(1));
            cut.addAll(flight);
            ReplayVerdict atKill = Replay.of(FlightRecording.of(cut.text(), "cut"));

            assertThat(atKill.divergence()).isEmpty();
            assertThat(atKill.ended()).isFalse();
            assertThat(atKill.replayed())
                    .isEqualTo("decision=COMMIT branch 1 of first=COMMITTED branch 2 of second=PREPARED told=nobody");
            assertThat(server.preparedTransactions()).hasSize(1);
            assertThat(first.strings("SELECT number FROM pair")).containsExactly("1");
            assertThat(second.strings("SELECT number FROM pair")).isEmpty();

            try (EmbeddedTransactionService last =
                            EmbeddedTransactionService.start(CommitPointKillIT.config(store.connect()));
                    FlightRecorder recorder = FlightRecorder.start("heir", flight, last.events());
                    Assent assent = Assent.over(last)) {
                assent.registerRecovery("first", first.xa());
                assent.registerRecovery("second", second.xa());
                Eventually.within(LIMIT, "recovery is recorded", () -> text(recorder, named.group(1))
                        .contains("recovery.branchEnded"));
                ReplayVerdict healed = Replay.of(FlightRecording.of(text(recorder, named.group(1)), "healed"));

                assertThat(healed.divergence()).isEmpty();
                assertThat(healed.replayed()).contains("branch 1 of first=COMMITTED branch 2 of second=COMMITTED");
                assertThat(healed.notes()).contains("recovery by heir ended the branch of second: commit");
            }
        }
        assertThat(second.strings("SELECT number FROM pair")).containsExactly("1");
    }

    private static String text(FlightRecorder recorder, String transaction) {
        try {
            return recorder.export(transaction).map(FlightExport::text).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String recorded(Path flight) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.isDirectory(flight) ? Files.list(flight) : Stream.of()) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    private void runAndKill(String store, Path flight) throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeldCommitMain.class.getName(),
                        store,
                        first.url(),
                        second.url(),
                        flight.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("victim.out").toFile())
                .start();
        try {
            Eventually.within(LIMIT, "the first branch's end is on disk", () -> {
                assertThat(victim.isAlive()).isTrue();
                String there = recorded(flight);
                return there.contains("\"event\":\"branch.ended\"") && there.contains("\"is\":\"BranchInput.Ended\"");
            });
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor()).isNotZero();
        }
    }
}
