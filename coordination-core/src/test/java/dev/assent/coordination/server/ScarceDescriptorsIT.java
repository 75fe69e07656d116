package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.net.BurstLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process may open so many files and sockets and no more. */
@Timeout(300)
final class ScarceDescriptorsIT {
    private static final int CLIENTS = 400;
    private static final int WRITES_PER_SNAPSHOT = 200;
    private static final String SETTINGS = "maxClientCnxns=0\nsnapCount=" + WRITES_PER_SNAPSHOT + "\n";

    @TempDir
    Path directory;

    @Test
    void clients_beyond_the_limit_are_refused_and_all_others_are_served_snapshots_included() throws Exception {
        List<RawClient> crowd = new ArrayList<>();
        try (ProcessUnderLimits server =
                        ProcessUnderLimits.start(directory, "ulimit -n 220", List.of("-Xmx256m"), SETTINGS);
                TestClient early = TestClient.connect(server.connect())) {
            long start = System.nanoTime();
            int served = 0;
            for (int i = 0; i < CLIENTS; i++) {
                RawClient one = new RawClient(server.port(), 30_000);
                crowd.add(one);
                served += isServed(one) ? 1 : 0;
            }
            assertThat(served).isBetween(50, 200);

            for (int i = 0; i < 3 * WRITES_PER_SNAPSHOT; i++) {
                create(early, "/n" + i);
            }
            server.await("a snapshot is written", () -> snapshots(directory) > 0);
            assertThat(server.told()).contains("refused").doesNotContain("\tat ", "Exception");
            int summaries = (int) (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) / BurstLog.SECONDS);
            assertThat(server.told().lines().filter(line -> line.contains("refused")))
                    .hasSizeBetween(1, 5 + summaries);

            for (RawClient one : crowd) {
                one.close();
            }
            try (TestClient late = TestClient.connect(server.connect())) {
                create(late, "/late");
            }
        } finally {
            for (RawClient one : crowd) {
                one.close();
            }
        }
    }

    @Test
    void when_it_cannot_write_for_want_of_descriptors_it_ends_and_says_why() throws Exception {
        try (ProcessUnderLimits server =
                        ProcessUnderLimits.start(directory, "ulimit -n 400", List.of("-Xmx256m"), SETTINGS);
                RawClient client = new RawClient(server.port())) {
            client.openSession(30_000, 0);
            // As if something else in the process held them all.
            Process limiting = new ProcessBuilder("prlimit", "--pid", "" + server.pid(), "--nofile=10:10").start();
            assertThat(limiting.waitFor()).isZero();
            for (int i = 0; server.isAlive() && i < 3 * WRITES_PER_SNAPSHOT; i++) {
                setRoot(client, i);
            }

            assertThat(server.awaitExit()).isEqualTo(3);
            assertThat(server.told()).contains("assent server: stopped: ", "Too many open files");
        }
    }

    @Test
    void accepting_stops_without_a_word_a_second_and_goes_on_once_there_are_descriptors_again() throws Exception {
        try (ProcessUnderLimits server = ProcessUnderLimits.start(directory, "ulimit -n 400", List.of("-Xmx256m"), "");
                TestClient early = TestClient.connect(server.connect())) {
            limit(server, "10:400");
            try (RawClient waiting = new RawClient(server.port())) {
                server.await(
                        "it says that it cannot accept", () -> server.told().contains("descriptors"));
                for (int i = 0; i < 5; i++) {
                    create(early, "/n" + i);
                }
                limit(server, "400:400");
                assertThat(waiting.openSession(10_000, 0)).isNotZero();
            }
            assertThat(server.told()).doesNotContain("\tat ");
        }
    }

    private static boolean isServed(RawClient client) {
        try {
            return client.openSession(30_000, 0) != 0;
        } catch (IOException refused) {
            return false;
        }
    }

    private static void limit(ProcessUnderLimits server, String softAndHard) throws Exception {
        Process limiting = new ProcessBuilder("prlimit", "--pid", "" + server.pid(), "--nofile=" + softAndHard).start();
        assertThat(limiting.waitFor()).isZero();
    }

    private static void create(TestClient client, String path) throws Exception {
        client.zk().create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    /** Until the connection ends. */
    private static void setRoot(RawClient client, int xid) {
        try {
            client.sendFrame(new byte[] {
                0, 0, (byte) (xid >>> 8), (byte) xid, 0, 0, 0, 5, 0, 0, 0, 1, '/', -1, -1, -1, -1, -1, -1, -1, -1
            });
            byte[] unused = client.readFrame();
        } catch (IOException ended) {
            return;
        }
    }

    private static long snapshots(Path directory) {
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("snapshot"))
                    .filter(file -> !file.toString().endsWith(".tmp"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
