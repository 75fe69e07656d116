package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.ZnodePath;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.proto.CreateTTLRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is too much is answered with an error; what ZooKeeper takes is not too much. */
final class LimitsTest {
    private static final long TTL_MILLIS_MAX = (1L << 40) - 1;
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
    void each_limit_of_a_request_is_answered_with_an_error_of_its_own() throws Exception {
        String longest = "/" + "a".repeat(ZnodePath.LENGTH_MAX - 1);
        List<ACL> most = Collections.nCopies(Acl.ENTRIES_MAX, ZooDefs.Ids.READ_ACL_UNSAFE.get(0));
        List<ACL> tooMany = Collections.nCopies(Acl.ENTRIES_MAX + 1, ZooDefs.Ids.READ_ACL_UNSAFE.get(0));
        try (TestClient client = TestClient.connect(server.connect());
                WireClient wire = new WireClient(server.port())) {
            ZooKeeper zk = client.zk();
            assertThat(zk.create(longest, new byte[0], most, CreateMode.PERSISTENT))
                    .isEqualTo(longest);
            assertThatThrownBy(() -> zk.create(longest + "a", new byte[0], most, CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.BadArgumentsException.class);
            assertThat(zk.exists(longest + "a", false)).isNull();
            assertThatThrownBy(() -> zk.create("/acl", new byte[0], tooMany, CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.MarshallingErrorException.class);
            assertThat(createTtl(wire, "/ttl", TTL_MILLIS_MAX)).isZero();
            assertThat(createTtl(wire, "/never", TTL_MILLIS_MAX + 1))
                    .isEqualTo(KeeperException.Code.BADARGUMENTS.intValue());
        }
    }

    private static int createTtl(WireClient wire, String path, long ttlMillis) {
        return wire.call(
                        ZooDefs.OpCode.createTTL,
                        new CreateTTLRequest(
                                path,
                                new byte[0],
                                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                CreateMode.PERSISTENT_WITH_TTL.toFlag(),
                                ttlMillis))
                .error();
    }

    /** The official client ends a connection on which more than its own limit of a frame comes. */
    @Test
    void reads_that_a_reply_has_no_room_for_are_answered_as_throttled_and_the_client_gets_the_others()
            throws Exception {
        String name = "\u00fc".repeat(1_000);
        try (TestClient client = TestClient.connect(server.connect())) {
            ZooKeeper zk = client.zk();
            zk.create("/big", new byte[600_000], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            zk.create("/many", new byte[400_000], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            for (int i = 0; i < 250; i++) {
                zk.create("/many/" + name + i, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }

            assertThat(served(zk, Op.getData("/big"), Op.getData("/big"), Op.getData("/many")))
                    .containsExactly(true, false, false);
            assertThat(served(zk, Op.getChildren("/many"), Op.getData("/big"))).containsExactly(true, false);
            assertThat(served(zk, Op.getData("/big"), Op.getData("/many"))).containsExactly(true, true);
            Op[] empty = Collections.nCopies(20_000, Op.getData("/none")).toArray(Op[]::new);
            Op[] small = Collections.nCopies(20_000, Op.getData("/")).toArray(Op[]::new);
            assertThat(served(zk, empty)).containsOnly(false);
            assertThat(served(zk, small)).hasSize(20_000).startsWith(true).endsWith(false);
            assertThat(client.isDisconnected()).isFalse();
        }
    }

    private static List<Boolean> served(ZooKeeper zk, Op... reads) throws Exception {
        List<Boolean> served = new ArrayList<>();
        for (OpResult result : zk.multi(List.of(reads))) {
            boolean throttled = result instanceof OpResult.ErrorResult error
                    && error.getErr() == KeeperException.Code.THROTTLEDOP.intValue();
            boolean missing = result instanceof OpResult.ErrorResult error
                    && error.getErr() == KeeperException.Code.NONODE.intValue();
            assertThat(throttled || missing || !(result instanceof OpResult.ErrorResult))
                    .isTrue();
            served.add(!(result instanceof OpResult.ErrorResult));
        }
        return served;
    }

    @Test
    void an_identity_that_is_too_long_is_no_identity_and_harms_nobody() throws Exception {
        try (TestClient honest = TestClient.connect(server.connect());
                RawClient boaster = new RawClient(server.port())) {
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
        try (RawClient client = new RawClient(server.port())) {
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

    @Test
    void one_reply_larger_than_all_that_may_wait_reaches_its_client_whole() throws Exception {
        try (TestClient writer = TestClient.connect(server.connect());
                RawClient reader = new RawClient(server.port())) {
            String name = "n".repeat(20_000);
            List<Op> creates = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                creates.add(Op.create(
                        "/" + name + i, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(writer.zk().multi(creates)).hasSize(50);
            }
            reader.openSession(30_000, 0);
            // getChildren of "/", and behind it an exists that is to be answered too
            reader.sendTogether(
                    new byte[] {0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1, '/', 0},
                    new byte[] {0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, '/', 0});

            assertThat(reader.readFrame()).hasSizeGreaterThan(1_000 * name.length());
            assertThat(reader.readFrame()).startsWith(0, 0, 0, 2);
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
