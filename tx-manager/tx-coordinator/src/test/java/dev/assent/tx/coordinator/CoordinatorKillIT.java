package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.store.StoreConfig;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.AssentEnsemble;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.FileResource;
import dev.assent.tx.testing.TestStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator's process is killed in the middle of its commits, again and again; nothing is left in between. */
class CoordinatorKillIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int KILLS = 4;
    private static final String COMMITTED = "Committed";

    @TempDir
    Path folder;

    static TxConfig config(String connectString) {
        return TxConfig.of(connectString)
                .withStore(StoreConfig.of(connectString).withSessionTimeout(Duration.ofSeconds(4)))
                .withRecovery(new CoordinatorSettings.Recovery(Duration.ofMillis(500), Duration.ofMillis(500)));
    }

    @Test
    void on_apache_zookeeper_a_killed_coordinator_leaves_one_outcome_everywhere() throws Exception {
        try (TestStore store = new ApacheZooKeeper(folder.resolve("store"))) {
            killAgainAndAgain(store);
        }
    }

    @Test
    void on_our_ensemble_a_killed_coordinator_leaves_one_outcome_everywhere() throws Exception {
        try (TestStore store = new AssentEnsemble(folder.resolve("store"))) {
            killAgainAndAgain(store);
        }
    }

    private void killAgainAndAgain(TestStore store) throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        FileResource orders = new FileResource("orders", data);
        FileResource payments = new FileResource("payments", data);
        Map<String, String> told = new TreeMap<>();
        SplittableRandom random = new SplittableRandom(42);
        for (int kill = 0; kill < KILLS; kill++) {
            runAndKill(store.connectString(), data, 60 + random.nextInt(100), told);
        }
        int inDoubt = orders.prepared().size() + payments.prepared().size();
        System.out.println("killed " + KILLS + " times; " + told.size() + " outcomes told, " + inDoubt
                + " branches in doubt before the last recovery");

        try (EmbeddedTransactionService last = EmbeddedTransactionService.start(config(store.connectString()))) {
            last.register(orders);
            last.register(payments);
            Eventually.within(LIMIT, "no branch is in doubt", () -> isClean(orders) && isClean(payments));
        }

        Map<String, String> there = payments.states();
        Map<String, String> here = orders.states();
        here.forEach((gtrid, state) -> {
            String other = there.getOrDefault(gtrid, "rolledback"); // never prepared there: gone with its process
            assertThat(other).as(gtrid).isEqualTo(state);
        });
        there.forEach((gtrid, state) ->
                assertThat(here.getOrDefault(gtrid, "rolledback")).as(gtrid).isEqualTo(state));
        told.forEach((gtrid, outcome) -> {
            // One that is taken for dead on a slow machine may roll back, and then has in both.
            assertThat(outcome).isIn(COMMITTED, "RolledBack");
            String state = outcome.equals(COMMITTED) ? "committed" : "rolledback";
            assertThat(here.getOrDefault(gtrid, "rolledback")).as(gtrid).isEqualTo(state);
            assertThat(there.getOrDefault(gtrid, "rolledback")).as(gtrid).isEqualTo(state);
        });
        assertThat(told.values()).filteredOn(COMMITTED::equals).hasSizeGreaterThanOrEqualTo(KILLS * 30);
        assertThat(told).hasSizeGreaterThanOrEqualTo(KILLS * 60);
    }

    private static boolean isClean(FileResource resource) {
        try {
            return resource.prepared().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void runAndKill(String connectString, Path data, int outcomes, Map<String, String> told)
            throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessCommitsMain.class.getName(),
                        connectString,
                        data.toString())
                .redirectError(folder.resolve("victim.err").toFile())
                .start();
        try (BufferedReader lines = victim.inputReader()) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                if (words.length == 3 && words[0].equals("outcome")) {
                    told.put(words[1], words[2]);
                    seen++;
                }
                if (seen == outcomes) {
                    boolean unused = victim.toHandle().destroyForcibly(); // leaves what it printed readable
                }
            }
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor()).isNotZero();
        }
    }
}
