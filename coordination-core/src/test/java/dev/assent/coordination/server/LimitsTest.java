package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is too much is answered with an error; what ZooKeeper takes is not too much. */
final class LimitsTest {
    private static final int AUTH_FAILED_BYTE = 256 - 115;

    private final SoloServer server = SoloServer.serving();

    LimitsTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_multi_may_have_as_many_operations_as_fit_a_frame() throws Exception {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < 15_000; i++) {
            ops.add(Op.create("/" + i, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        }
        for (int i = 0; i < 10_000; i++) {
            ops.add(Op.check("/", -1));
        }
        try (TestClient client = TestClient.connect(server.connect())) {
            assertThat(client.zk().multi(ops)).hasSize(25_000);
            assertThat(client.zk().exists("/14999", false)).isNotNull();
        }
    }

    @Test
    void an_identity_that_is_too_long_is_no_identity_and_harms_nobody() throws Exception {
        try (TestClient honest = TestClient.connect(server.connect());
                RawClient boaster = new RawClient(server.port(), 5_000)) {
            boaster.openSession(10_000, 0);
            boaster.sendFrame(auth("u".repeat(100_000) + ":secret"));

            assertThat(boaster.readFrame()).startsWith(255, 255, 255, 252).endsWith(255, 255, 255, AUTH_FAILED_BYTE);
            assertThat(boaster.readToEnd()).isEmpty();
            assertThat(honest.zk().create("/fine", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                    .isEqualTo("/fine");
        }
    }

    @Test
    void who_is_too_many_at_once_is_refused_further_identities() throws Exception {
        try (RawClient client = new RawClient(server.port(), 5_000)) {
            client.openSession(10_000, 0);
            int accepted = 0;
            byte[] reply;
            do {
                client.sendFrame(auth("user" + accepted + ":secret"));
                reply = client.readFrame();
                accepted++;
            } while (reply[reply.length - 1] == 0 && accepted < 1_000);

            assertThat(reply).endsWith(255, 255, 255, AUTH_FAILED_BYTE);
            assertThat(accepted).isBetween(32, 65);
        }
    }

    private static byte[] auth(String credentials) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeInt(-4);
        frame.writeInt(100);
        frame.writeInt(0);
        text(frame, "digest");
        text(frame, credentials);
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream frame, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        frame.writeInt(bytes.length);
        frame.write(bytes);
    }
}
