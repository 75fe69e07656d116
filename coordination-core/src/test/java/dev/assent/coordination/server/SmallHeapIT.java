package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server with little memory slows its clients down; it does not fail, and it cuts nobody off. */
@Timeout(300)
final class SmallHeapIT {
    private static final int DATA_BYTES = 900_000;
    private static final int IN_FLIGHT = 20;
    private static final int STREAMED = 400;

    @TempDir
    Path directory;

    @Test
    void a_stream_of_large_writes_without_a_pause_is_answered_to_the_end() throws Exception {
        try (ProcessUnderLimits server = ProcessUnderLimits.start(directory, "true", List.of("-Xmx256m"), "");
                RawClient client = new RawClient(server.port())) {
            client.openSession(30_000, 0);
            FutureTask<Integer> stream = new FutureTask<>(() -> {
                for (int xid = 1; xid <= STREAMED; xid++) {
                    client.sendFrame(setRoot(xid));
                }
                return STREAMED;
            });
            new Thread(stream, "streams").start();
            for (int xid = 1; xid <= STREAMED; xid++) {
                assertThat(ByteBuffer.wrap(client.readFrame()).getInt()).isEqualTo(xid);
            }
            assertThat(stream.get()).isEqualTo(STREAMED);
            assertThat(server.told()).doesNotContain("Cannot reserve", "OutOfMemory", "connection closed");
        }
    }

    /** setData of the root with {@link #DATA_BYTES}, whatever its version. */
    private static byte[] setRoot(int xid) {
        ByteBuffer frame = ByteBuffer.allocate(4 + 4 + 5 + 4 + DATA_BYTES + 4);
        frame.putInt(xid).putInt(5).putInt(1).put((byte) '/').putInt(DATA_BYTES);
        return frame.putInt(frame.capacity() - 4, -1).array();
    }

    @Test
    void large_writes_of_many_clients_are_all_answered() throws Exception {
        int clients = 20;
        int writesEach = 20;
        AtomicInteger done = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<TestClient> connected = new ArrayList<>();
        try (ProcessUnderLimits server = ProcessUnderLimits.start(directory, "true", List.of("-Xmx256m"), "")) {
            for (int i = 0; i < clients; i++) {
                TestClient client = TestClient.connect(server.connect());
                connected.add(client);
                client.zk().create("/n" + i, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            byte[] data = new byte[DATA_BYTES];
            Semaphore room = new Semaphore(IN_FLIGHT);
            for (int i = 0; i < clients * writesEach; i++) {
                assertThat(room.tryAcquire(120, TimeUnit.SECONDS))
                        .as(server::told)
                        .isTrue();
                int to = i % clients;
                connected
                        .get(to)
                        .zk()
                        .setData(
                                "/n" + to,
                                data,
                                -1,
                                (code, path, context, stat) -> {
                                    (code == Code.OK.intValue() ? done : failed).incrementAndGet();
                                    room.release();
                                },
                                null);
            }
            server.await("all are answered", () -> done.get() + failed.get() == clients * writesEach);

            assertThat(failed).as(server::told).hasValue(0);
            assertThat(server.told()).doesNotContain("Cannot reserve", "OutOfMemory", "connection closed");
        } finally {
            connected.forEach(TestClient::close);
        }
    }
}
