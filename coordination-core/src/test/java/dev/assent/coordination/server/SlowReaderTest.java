package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client that has asked for more than it takes is not read, so its pings are not heard. It shows life by taking some
 * of its replies, and by nothing else.
 */
@Timeout(240)
final class SlowReaderTest {
    private static final int TIMEOUT_MILLIS = 4_000;
    private static final int BIG_BYTES = 900_000;

    /** More than a connection may have unsent and its systems hold, and less than what ends it. */
    private static final int READS = 16;

    private static final int PAUSE_MILLIS = 100;
    private static final int TAKEN_BYTES = 32 * 1024;

    @Test
    void who_takes_some_of_its_replies_keeps_its_session_and_who_takes_none_loses_it() throws Exception {
        ServerConfig config = ServerConfig.standalone(Path.of("unused"), 0).withTiming(new Timing(500, 10, 5));
        try (SoloServer server = new SoloServer(config)) {
            server.lead();
            try (TestClient other = TestClient.connect(server.connect());
                    RawClient slow = RawClient.slow(server.port())) {
                String big = other.zk()
                        .create("/big", new byte[BIG_BYTES], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                long session = slow.openSession(TIMEOUT_MILLIS, 0);
                slow.sendFrame(RawClient.createEphemeral("/slow"));
                slow.readFrame();
                assertThat(other.zk().exists("/slow", false).getEphemeralOwner())
                        .isEqualTo(session);
                for (int read = 0; read < READS; read++) {
                    slow.sendFrame(getData(read, big));
                }

                long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3L * TIMEOUT_MILLIS);
                while (System.nanoTime() < endNanos) {
                    slow.take(TAKEN_BYTES);
                    pause();
                }
                assertThat(other.zk().exists("/slow", false))
                        .as("the session of who takes some")
                        .isNotNull();

                while (other.zk().exists("/slow", false) != null) {
                    pause();
                }
            }
        }
    }

    private static void pause() throws InterruptedException {
        assertThat(new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
                .isFalse();
    }

    private static byte[] getData(int number, String path) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(3 * Integer.BYTES + name.length + 1)
                .putInt(number)
                .putInt(4)
                .putInt(name.length)
                .put(name)
                .put((byte) 0)
                .array();
    }
}
