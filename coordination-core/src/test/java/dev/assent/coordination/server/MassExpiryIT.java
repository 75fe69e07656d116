package dev.assent.coordination.server;

import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand sessions with an ephemeral znode each lose their leader and their clients at once. */
@Timeout(300)
final class MassExpiryIT {
    private static final int SESSIONS = 10_000;
    private static final int OPENERS = 128;
    /** Long enough, on most machines, that the last one is there before the first one expires; else it is doubled. */
    private static final int TIMEOUT_MILLIS = 15_000;

    private static final int TIMEOUT_MILLIS_MAX = 60_000;

    private static final String SETTINGS = "tickTime=1000\ninitLimit=10\nsyncLimit=5\nmaxClientCnxns=0\n"
            + "maxSessionTimeout=" + TIMEOUT_MILLIS_MAX + "\n";
    /** Detection of a killed process is at once, and the election takes its usual time, on a busy machine. */
    private static final long GAP_MILLIS_MAX = 2_000;

    @TempDir
    Path directory;

    @Test
    void they_expire_without_stopping_anybodys_writes_and_without_another_election() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3, 0, SETTINGS)) {
            int killed = ensemble.leader();
            int next = killed % 3 + 1;
            long[] electionsBefore = new long[3];
            try (TestClient writer = TestClient.connect(ensemble.connect(next))) {
                writer.zk().create("/crowd", new byte[0], OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                openAllAtOnce(ensemble.clientPort(killed), writer);
                for (int id = 1; id <= 3; id++) {
                    electionsBefore[id - 1] = elections(ensemble, id);
                }
                Writes writes = new Writes(writer);
                writes.start();
                ensemble.server(killed).kill();
                awaitNoChildren(writer);
                writes.stop();

                System.out.printf(
                        "%d sessions expired; longest gap between two writes %d ms, of %d writes%n",
                        SESSIONS, writes.longestGapMillis(), writes.count());
                assertThat(writes.longestGapMillis()).isLessThan(GAP_MILLIS_MAX);
            }
            for (int id = 1; id <= 3; id++) {
                if (id != killed) {
                    assertThat(elections(ensemble, id) - electionsBefore[id - 1])
                            .as("elections seen by server " + id)
                            .isEqualTo(1);
                }
            }
        }
    }

    private static long elections(TestEnsemble ensemble, int id) throws IOException {
        return ensemble.server(id)
                .complaints()
                .lines()
                .filter(line -> line.contains("looks for a leader"))
                .count();
    }

    private static void openAllAtOnce(int port, TestClient looker) throws Exception {
        int timeoutMillis = TIMEOUT_MILLIS;
        openAll(port, timeoutMillis);
        while (children(looker) < SESSIONS && timeoutMillis < TIMEOUT_MILLIS_MAX) {
            awaitNoChildren(looker);
            timeoutMillis = 2 * timeoutMillis;
            openAll(port, timeoutMillis);
        }
        assertThat(children(looker)).isEqualTo(SESSIONS);
    }

    /** Each with its znode, on connections that are closed without a word; the sessions stay. */
    private static void openAll(int port, int timeoutMillis) throws Exception {
        AtomicInteger numbers = new AtomicInteger();
        List<Thread> openers = new ArrayList<>();
        List<IOException> failures = new ArrayList<>();
        for (int i = 0; i < OPENERS; i++) {
            Thread opener = new Thread(() -> {
                try {
                    for (int number = numbers.getAndIncrement();
                            number < SESSIONS;
                            number = numbers.getAndIncrement()) {
                        openOne(port, number, timeoutMillis);
                    }
                } catch (IOException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            openers.add(opener);
            opener.start();
        }
        for (Thread opener : openers) {
            opener.join();
        }
        assertThat(failures).isEmpty();
    }

    private static void openOne(int port, int number, int timeoutMillis) throws IOException {
        try (RawClient client = new RawClient(port)) {
            assertThat(client.openSession(timeoutMillis, 0)).isNotZero();
            client.sendFrame(RawClient.createEphemeral("/crowd/s" + number));
            client.readFrame();
        }
    }

    private static int children(TestClient client) throws Exception {
        CountDownLatch synced = new CountDownLatch(1);
        client.zk().sync("/", (rc, path, context) -> synced.countDown(), null);
        assertThat(synced.await(120, TimeUnit.SECONDS)).isTrue();
        Stat stat = client.zk().exists("/crowd", false);
        return stat == null ? 0 : stat.getNumChildren();
    }

    private static void awaitNoChildren(TestClient client) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(200);
        while (children(client) > 0) {
            assertThat(System.nanoTime()).as("they expire").isLessThan(end);
            boolean unused = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** One write after the other, and the longest time without one. */
    private static final class Writes {
        private final TestClient client;
        private final AtomicBoolean going = new AtomicBoolean(true);
        private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
        private final AtomicLong longestNanos = new AtomicLong();
        private final AtomicInteger count = new AtomicInteger();

        Writes(TestClient client) {
            this.client = client;
        }

        void start() {
            client.zk().setData("/crowd", new byte[0], -1, (rc, path, context, stat) -> written(rc), null);
        }

        private void written(int rc) {
            if (rc == 0) {
                long now = System.nanoTime();
                longestNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
                count.incrementAndGet();
            }
            if (going.get() && client.zk().getState().isAlive()) {
                start();
            }
        }

        void stop() {
            going.set(false);
        }

        long longestGapMillis() {
            return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
        }

        int count() {
            return count.get();
        }
    }
}
