package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any one of three servers is killed with SIGKILL while several clients write, and comes back. Nothing acknowledged is
 * lost, sessions live on, and somebody's writes go on within {@link #PAUSE_MILLIS_MAX}, unless the machine has other
 * things to do at that moment: then another kill shows it.
 */
@Timeout(240)
final class KillIT {
    private static final int CLIENTS = 6;
    private static final int IN_FLIGHT = 8;
    private static final long PAUSE_MILLIS_MAX = 2_000;
    /** A server that ends is noticed at once; one that is only silent would be after five ticks of two seconds. */
    private static final long SILENCE_MILLIS = 9_000;

    private static final int KILLS_MAX = 5;
    private static final int ACKED_MIN = 2_000;

    @TempDir
    Path directory;

    @Test
    void the_leader_is_killed_under_load() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3)) {
            killUnderLoad(ensemble, ensemble::leader, "leader");
        }
    }

    @Test
    void a_follower_is_killed_under_load() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3)) {
            killUnderLoad(ensemble, ensemble::follower, "follower");
        }
    }

    private void killUnderLoad(TestEnsemble ensemble, IntSupplier victim, String role) throws Exception {
        List<TestClient> clients = new ArrayList<>();
        Load load = new Load();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(TestClient.connect(ensemble.connect()));
            }
            List<Long> sessions =
                    clients.stream().map(client -> client.zk().getSessionId()).toList();
            load.start(clients);
            load.awaitAcks(ACKED_MIN);
            long pauseMillis = Long.MAX_VALUE;
            for (int kill = 0; kill < KILLS_MAX && pauseMillis >= PAUSE_MILLIS_MAX; kill++) {
                pauseMillis = kill(ensemble.server(victim.getAsInt()), load);
                System.out.printf(
                        "%s killed: %d writes acknowledged, longest pause around the kill %d ms%n",
                        role, load.acks(), pauseMillis);
                assertThat(pauseMillis).isLessThan(SILENCE_MILLIS);
            }
            load.stop();

            assertThat(pauseMillis).isLessThan(PAUSE_MILLIS_MAX);
            assertThat(clients).extracting(client -> client.zk().getSessionId()).containsExactlyElementsOf(sessions);
            for (int id = 1; id <= ensemble.size(); id++) {
                assertThat(load.missingFrom(ensemble.connect(id)))
                        .as("acknowledged, but not on server " + id)
                        .isEmpty();
            }
        } finally {
            load.stop();
            clients.forEach(TestClient::close);
        }
    }

    /** And started again; for how many milliseconds nobody's write was acknowledged meanwhile. */
    private static long kill(TestEnsemble.ServerProcess victim, Load load) throws Exception {
        load.measurePauseFromNow();
        victim.kill();
        load.awaitAcks(load.acks() + ACKED_MIN);
        long pauseMillis = load.longestPauseMillis();
        victim.start();
        victim.awaitServing();
        load.awaitAcks(load.acks() + ACKED_MIN);
        return pauseMillis;
    }

    /** Keeps every client busy with creates, and notes which were acknowledged. */
    private static final class Load {
        private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
        private final AtomicInteger acks = new AtomicInteger();
        private final AtomicInteger names = new AtomicInteger();
        private final Semaphore answered = new Semaphore(0);
        private final AtomicBoolean going = new AtomicBoolean(true);
        private final AtomicLong lastAckNanos = new AtomicLong();
        private final AtomicLong longestPauseNanos = new AtomicLong();

        void start(List<TestClient> clients) {
            lastAckNanos.set(System.nanoTime());
            for (TestClient client : clients) {
                for (int i = 0; i < IN_FLIGHT; i++) {
                    createNext(client);
                }
            }
        }

        private void createNext(TestClient client) {
            if (!going.get()) {
                return;
            }
            String path = "/n" + names.incrementAndGet();
            client.zk()
                    .create(
                            path,
                            new byte[0],
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT,
                            (rc, asked, context, name) -> {
                                if (rc == Code.OK.intValue()) {
                                    acknowledged(path);
                                }
                                createNext(client);
                            },
                            null);
        }

        private void acknowledged(String path) {
            acknowledged.add(path);
            long now = System.nanoTime();
            long pause = now - lastAckNanos.getAndSet(now);
            longestPauseNanos.accumulateAndGet(pause, Math::max);
            acks.incrementAndGet();
            answered.release();
        }

        void awaitAcks(int wanted) throws InterruptedException {
            while (acks.get() < wanted) {
                assertThat(answered.tryAcquire(120, TimeUnit.SECONDS))
                        .as("writes go on")
                        .isTrue();
            }
        }

        void measurePauseFromNow() {
            longestPauseNanos.set(0);
        }

        int acks() {
            return acks.get();
        }

        long longestPauseMillis() {
            return TimeUnit.NANOSECONDS.toMillis(longestPauseNanos.get());
        }

        void stop() {
            going.set(false);
        }

        List<String> missingFrom(String server) throws Exception {
            try (TestClient reader = TestClient.connect(server)) {
                reader.zk().sync("/", (rc, path, context) -> {}, null);
                Set<String> present = Set.copyOf(reader.zk().getChildren("/", false));
                return acknowledged.stream()
                        .filter(path -> !present.contains(path.substring(1)))
                        .toList();
            }
        }
    }
}
