package dev.assent.coordination.server;

import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers, one of which neither answers nor fails for a while. No session whose pings are answered is ended,
 * nobody who was heard is taken for dead, and clients of the one that cannot go on go to another.
 */
@Timeout(300)
final class GrayIT {
    private static final String SETTINGS = "tickTime=2000\ninitLimit=10\nsyncLimit=5\nsnapCount=1000000\n";
    private static final int TIMEOUT_MILLIS = 4_000;
    private static final int SIZE = 12;
    /** More writes than a server takes while none is committed. */
    private static final int WRITERS = 30;

    private static final int QUEUED = 1_500;

    @TempDir
    Path directory;

    private static Crowd crowdAt(TestEnsemble ensemble, int home) throws Exception {
        return Crowd.at(ensemble.clientPort(home), ensemble.clientPorts(), SIZE, TIMEOUT_MILLIS);
    }

    private TestEnsemble withUnwillingDisks(UnwillingDisk disk, String settings) throws Exception {
        return TestEnsemble.start(directory, 3, 0, settings, disk::environment);
    }

    private UnwillingDisk disk() throws Exception {
        Optional<UnwillingDisk> disk = UnwillingDisk.compile(directory);
        Assumptions.assumeTrue(disk.isPresent(), "a C compiler is needed");
        return disk.orElseThrow();
    }

    private static void assertNobodyWasWronged(TestEnsemble ensemble, Crowd crowd, Pingers pingers) throws Exception {
        try (TestClient reader = TestClient.connect(ensemble.connect())) {
            CountDownLatch synced = new CountDownLatch(1);
            reader.zk().sync("/", (rc, path, context) -> synced.countDown(), null);
            assertThat(synced.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(crowd.bereft(reader.zk())).as("ephemerals gone").isZero();
        }
        assertThat(crowd.expired()).as("sessions of live clients that expired").isZero();
        assertThat(pingers.contradictions()).isEmpty();
        assertThat(pingers.answered()).isPositive();
    }

    @Test
    void clients_of_a_follower_whose_disk_stalls_under_load_move_and_keep_their_sessions() throws Exception {
        UnwillingDisk disk = disk();
        try (TestEnsemble ensemble = withUnwillingDisks(disk, SETTINGS)) {
            int stalled = ensemble.follower();
            try (Crowd crowd = crowdAt(ensemble, stalled);
                    Pingers pingers = Pingers.start(SIZE, ensemble.clientPorts(), TIMEOUT_MILLIS);
                    TestClient writer = TestClient.connect(ensemble.connect(ensemble.leader()))) {
                disk.stall(stalled);
                write(writer, 130, 900_000);
                crowd.awaitMovedFrom(ensemble.clientPort(stalled));
                pass(2 * TIMEOUT_MILLIS);
                disk.goOn(stalled);
                assertNobodyWasWronged(ensemble, crowd, pingers);
                assertThat(ensemble.server(stalled).complaints()).contains("wait for the disk of dataLogDir");
                awaitComplaint(ensemble, stalled, "takes orders again after ");
            }
        }
    }

    @Test
    void a_leader_whose_disk_stalls_makes_room_for_another_and_nobody_loses_a_session() throws Exception {
        UnwillingDisk disk = disk();
        try (TestEnsemble ensemble = withUnwillingDisks(disk, SETTINGS)) {
            int stalled = ensemble.leader();
            try (Crowd crowd = crowdAt(ensemble, stalled);
                    Pingers pingers = Pingers.start(SIZE, ensemble.clientPorts(), TIMEOUT_MILLIS);
                    TestClient writer = TestClient.connect(ensemble.connect(ensemble.leader() % 3 + 1))) {
                disk.stall(stalled);
                write(writer, 20_000, 10);
                crowd.awaitMovedFrom(ensemble.clientPort(stalled));
                write(writer, 1_000, 10);
                pass(TIMEOUT_MILLIS);
                disk.goOn(stalled);
                assertNobodyWasWronged(ensemble, crowd, pingers);
                assertThat(ensemble.server(stalled).complaints()).contains("its disk has made nothing durable for");
            }
        }
    }

    @Test
    void one_server_alone_whose_disk_stalls_behind_many_writes_ends_no_session_of_a_client_that_pings()
            throws Exception {
        UnwillingDisk disk = disk();
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 1, 0, SETTINGS, disk::environment)) {
            try (Crowd crowd = crowdAt(ensemble, 1);
                    Pingers pingers = Pingers.start(SIZE, ensemble.clientPorts(), TIMEOUT_MILLIS)) {
                List<TestClient> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(TestClient.connect(ensemble.connect(1)));
                }
                disk.stall(1);
                Semaphore answered = new Semaphore(0);
                for (TestClient writer : writers) {
                    for (int i = 0; i < QUEUED; i++) {
                        create(writer, new byte[10], answered, new AtomicInteger());
                    }
                }
                pass(2 * TIMEOUT_MILLIS);
                disk.goOn(1);
                crowd.awaitConnected();
                writers.forEach(TestClient::close);
                assertNobodyWasWronged(ensemble, crowd, pingers);
            }
        }
    }

    @Test
    void a_server_that_is_stopped_during_a_snapshot_lets_its_clients_go_and_ends_in_time() throws Exception {
        UnwillingDisk disk = disk();
        String settings = SETTINGS.replace("snapCount=1000000", "snapCount=500");
        try (TestEnsemble ensemble = withUnwillingDisks(disk, settings)) {
            int stopped = ensemble.leader();
            disk.slowSnapshots(stopped);
            try (Crowd crowd = crowdAt(ensemble, stopped);
                    Pingers pingers = Pingers.start(SIZE, ensemble.clientPorts(), TIMEOUT_MILLIS);
                    TestClient writer = TestClient.connect(ensemble.connect(ensemble.follower()))) {
                write(writer, 10, 900_000);
                write(writer, 1_000, 10);
                long start = System.nanoTime();
                ensemble.server(stopped).beginToStop();
                crowd.awaitMovedFrom(ensemble.clientPort(stopped));
                int exit = ensemble.server(stopped).awaitExit();

                assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                        .isLessThan(20);
                assertThat(exit).as(ensemble.server(stopped).complaints()).isZero();
                assertThat(ensemble.server(stopped).complaints()).contains("a snapshot was abandoned");
                write(writer, 1_000, 10);
                assertNobodyWasWronged(ensemble, crowd, pingers);
                ensemble.server(stopped).start();
                ensemble.server(stopped).awaitServing();
            }
        }
    }

    @Test
    void a_leader_that_is_frozen_and_goes_on_ends_no_session_and_contradicts_nobody() throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3, 0, SETTINGS)) {
            try (Crowd crowd = crowdAt(ensemble, ensemble.leader());
                    Pingers pingers = Pingers.start(SIZE, ensemble.clientPorts(), TIMEOUT_MILLIS);
                    TestClient writer = TestClient.connect(ensemble.connect())) {
                // For longer than a time-out, and for longer than the sync limit.
                for (int seconds : new int[] {5, 12}) {
                    int frozen = ensemble.leader();
                    write(writer, 200, 10);
                    ensemble.server(frozen).pause();
                    pass(seconds * 1_000L);
                    ensemble.server(frozen).resume();
                    write(writer, 200, 10);
                    crowd.awaitConnected();
                    assertNobodyWasWronged(ensemble, crowd, pingers);
                }
            }
        }
    }

    private static void write(TestClient writer, int count, int bytes) throws Exception {
        Semaphore answered = new Semaphore(0);
        int inFlight = Math.min(count, bytes > 100_000 ? 3 : 500);
        AtomicInteger left = new AtomicInteger(count - inFlight);
        for (int i = 0; i < inFlight; i++) {
            create(writer, new byte[bytes], answered, left);
        }
        assertThat(answered.tryAcquire(count, 120, TimeUnit.SECONDS))
                .as("writes go on")
                .isTrue();
    }

    /** One after the other, again where the connection was lost, until none is left. */
    private static void create(TestClient writer, byte[] data, Semaphore answered, AtomicInteger left) {
        writer.zk()
                .create(
                        "/n-",
                        data,
                        OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT_SEQUENTIAL,
                        (rc, path, context, name) -> {
                            if (rc == 0) {
                                answered.release();
                            }
                            boolean again = rc != 0 && writer.zk().getState().isAlive();
                            if (again || (rc == 0 && left.decrementAndGet() >= 0)) {
                                create(writer, data, answered, left);
                            }
                        },
                        null);
    }

    private static void awaitComplaint(TestEnsemble ensemble, int server, String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!ensemble.server(server).complaints().contains(text)) {
            assertThat(System.nanoTime()).as(text).isLessThan(end);
            pass(50);
        }
    }

    /** The time that the fault has to have an effect which nobody is to see. */
    private static void pass(long millis) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
