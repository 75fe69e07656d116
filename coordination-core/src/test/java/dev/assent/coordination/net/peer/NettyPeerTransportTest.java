package dev.assent.coordination.net.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.net.peer.PeerTest.Recorder;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.zab.PeerMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyPeerTransportTest {
    private static final ServerId ONE = new ServerId(1);
    private static final ServerId TWO = new ServerId(2);
    private static final ServerId THREE = new ServerId(3);

    private final PeerTest net = new PeerTest();

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void messages_arrive_in_order_and_whole_in_both_directions() throws IOException {
        Recorder one = net.start(ONE, TWO);
        Recorder two = net.start(TWO, ONE);
        one.awaitLink(TWO);
        two.awaitLink(ONE);

        List<PeerMessage> sent = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            sent.add(new PeerMessage.App(Payload.wrap(new byte[i % 50 == 0 ? 100_000 : i % 300])));
            one.send(TWO, sent.get(i));
            two.send(ONE, sent.get(i));
            if (i % 7 == 0) {
                one.transport.flush();
                two.transport.flush();
            }
        }
        one.transport.flush();
        two.transport.flush();

        two.awaitMessages(2000);
        one.awaitMessages(2000);
        assertThat(two.messages()).isEqualTo(sent);
        assertThat(one.messages()).isEqualTo(sent);
    }

    @Test
    void one_message_to_many_reaches_all_of_them() throws IOException {
        Recorder three = net.start(THREE, ONE, TWO);
        Recorder one = net.start(ONE, TWO, THREE);
        Recorder two = net.start(TWO, ONE, THREE);
        three.awaitLink(ONE);
        three.awaitLink(TWO);
        List<PeerMessage> sent = List.of(
                new PeerMessage.App(Payload.wrap(new byte[200])), new PeerMessage.App(Payload.wrap(new byte[50_000])));

        for (PeerMessage message : sent) {
            three.send(ONE, message);
            three.send(TWO, message);
        }
        three.transport.flush();

        one.awaitMessages(2);
        two.awaitMessages(2);
        assertThat(one.messages()).isEqualTo(sent);
        assertThat(two.messages()).isEqualTo(sent);
    }

    @Test
    void a_link_that_breaks_is_replaced_under_a_later_generation() throws IOException {
        Recorder one = net.start(ONE, TWO);
        Recorder two = net.start(TWO, ONE);
        long first = two.awaitLink(ONE);
        one.awaitLink(TWO);

        one.close();
        two.awaitEnd(ONE, first);
        Recorder again = net.start(ONE, TWO);
        long second = two.awaitLink(ONE);
        again.awaitLink(TWO);

        assertThat(second).isGreaterThan(first);
        two.transport.send(ONE, first, new PeerMessage.Diff(new Zxid(1)));
        two.transport.send(ONE, second, new PeerMessage.Diff(new Zxid(2)));
        two.transport.flush();
        again.awaitMessages(1);
        assertThat(again.messages()).containsExactly(new PeerMessage.Diff(new Zxid(2)));
    }

    @Test
    void an_idle_link_is_kept_alive() throws IOException {
        net.limits = PeerTest.limits(300, 320L << 20, 16L << 20);
        Recorder one = net.start(ONE, TWO);
        Recorder two = net.start(TWO, ONE);
        one.awaitLink(TWO);

        // Again where the machine itself stood still for that long. Ten idle times: by luck a link lives through one.
        Await.until("a link that outlives ten idle times", () -> {
            long generation = two.awaitLink(ONE);
            PeerTest.passMillis(3_000);
            return two.currentLink(ONE).equals(Optional.of(generation));
        });
    }

    @Test
    void a_silent_link_is_given_up_and_dialled_again() throws Exception {
        net.limits = PeerTest.limits(300, 320L << 20, 16L << 20);
        try (SilentMember silent = new SilentMember(ONE)) {
            net.addresses.put(ONE, silent.address());
            Recorder two = net.start(TWO, ONE);
            long first = two.awaitLink(ONE);

            two.awaitEnd(ONE, first);
            assertThat(two.awaitLink(ONE)).isGreaterThan(first);
        }
    }

    @Test
    void a_member_of_another_cluster_or_an_unknown_one_is_never_linked() throws IOException {
        Recorder one = net.start(ONE, TWO);
        net.cluster = "other";
        Recorder stranger = net.start(TWO, ONE);
        net.cluster = "test";
        Recorder unknown = net.start(THREE, ONE);

        net.awaitComplaint("belongs to cluster 'other', this is 'test'");
        net.awaitComplaint("s3 is no member: add its server line on s1, or correct its myid");

        assertThat(one.currentLink(TWO)).isEmpty();
        assertThat(one.currentLink(THREE)).isEmpty();
        assertThat(stranger.currentLink(ONE)).isEmpty();
        assertThat(unknown.currentLink(ONE)).isEmpty();
    }

    @Test
    void an_address_answered_by_the_wrong_member_is_reported() throws IOException {
        Recorder two = net.start(TWO, THREE);
        net.addresses.put(ONE, two.transport.address());
        Recorder three = net.start(THREE, ONE);

        net.awaitComplaint("it looks for s1, but this is s2");

        assertThat(three.currentLink(ONE)).isEmpty();
        assertThat(two.currentLink(THREE)).isEmpty();
    }

    @Test
    void whoever_is_no_member_is_cut_off() throws IOException {
        Recorder one = net.start(ONE, TWO);
        byte[] huge = ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array();

        for (byte[] bytes : List.of(
                huge, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), frame(new byte[] {1, 2, 3}))) {
            try (Socket socket = connect(one)) {
                socket.getOutputStream().write(bytes);
                assertCutOff(socket);
            }
        }
        try (Socket silent = connect(one)) {
            assertCutOff(silent);
        }
    }

    /** By an end, or by a reset if something was on its way. */
    private static void assertCutOff(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void a_frame_damaged_on_its_way_ends_the_link() throws IOException {
        Recorder one = net.start(ONE, TWO);
        try (Socket socket = connect(one)) {
            OutputStream out = socket.getOutputStream();
            out.write(frame(PeerTest.hello("test", TWO, ONE)));
            long generation = one.awaitLink(TWO);
            byte[] damaged = frame(new byte[] {1, 17});
            damaged[8] ^= 4;
            out.write(damaged);

            one.awaitEnd(TWO, generation);
            assertThat(one.messages()).isEmpty();
        }
    }

    @Test
    void a_member_that_takes_nothing_is_dropped_before_memory_runs_out() throws Exception {
        net.limits = PeerTest.limits(60_000, 4 << 20, 16L << 20);
        try (SilentMember silent = new SilentMember(ONE)) {
            net.addresses.put(ONE, silent.address());
            Recorder two = net.start(TWO, ONE);
            long generation = two.awaitLink(ONE);

            for (int i = 0; i < 200 && two.currentLink(ONE).equals(Optional.of(generation)); i++) {
                two.transport.send(ONE, generation, new PeerMessage.App(Payload.wrap(new byte[100_000])));
                two.transport.flush();
            }

            two.awaitEnd(ONE, generation);
        }
    }

    @Test
    void a_link_is_not_read_while_too_much_is_not_dealt_with() throws IOException {
        net.limits = PeerTest.limits(60_000, 320L << 20, 200_000);
        Recorder one = net.start(ONE, TWO);
        one.processAtOnce = false;
        Recorder two = net.start(TWO, ONE);
        two.awaitLink(ONE);
        long generation = one.awaitLink(TWO);

        for (int i = 0; i < 500; i++) {
            two.send(ONE, new PeerMessage.App(Payload.wrap(new byte[50_000])));
        }
        two.transport.flush();
        one.awaitMessages(4);
        PeerTest.passMillis(300);
        assertThat(one.messages().size()).isLessThan(100);

        one.processAtOnce = true;
        one.transport.processed(TWO, generation, one.unprocessedBytes());
        one.awaitMessages(500);
    }

    @Test
    void a_taken_port_is_named_with_the_remedy() throws IOException {
        Recorder one = net.start(ONE, TWO);
        int port = one.transport.address().getPort();

        PeerNetConfig config = net.config(TWO, Set.of(ONE), port);
        try (Recorder second = new Recorder(new NettyPeerTransport(config))) {
            assertThatThrownBy(() -> second.transport.start(second))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(":" + port)
                    .hasMessageContaining("stop the process that uses the port");
        }
    }

    private static Socket connect(Recorder to) throws IOException {
        InetSocketAddress address = to.transport.address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(120_000);
        return socket;
    }

    static byte[] frame(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return ByteBuffer.allocate(8 + body.length)
                .putInt(body.length)
                .putInt((int) crc.getValue())
                .put(body)
                .array();
    }
}
