package dev.assent.coordination.net.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.Certificates;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.net.peer.PeerTest.Recorder;
import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that show each other certificates, and those who are none. */
@Timeout(240)
final class SecureLinksTest {
    private static final ServerId ONE = new ServerId(1);
    private static final ServerId TWO = new ServerId(2);
    private static final ServerId THREE = new ServerId(3);

    @TempDir
    Path directory;

    private final PeerTest net = new PeerTest();
    private final List<Security> open = new ArrayList<>();
    private Certificates certificates;

    @SuppressWarnings("NullAway.Init") // The authority is made before each test.
    SecureLinksTest() {}

    @BeforeEach
    void authority() {
        certificates = new Certificates(directory);
    }

    @AfterEach
    void close() {
        net.close();
        open.forEach(Security::close);
    }

    private Optional<TlsSide> with(TlsFiles files) throws Exception {
        Security security = Security.once(files);
        open.add(security);
        return Optional.of(TlsSide.of(
                security, PeerRule.anyOf(Role.MEMBER), TlsSide.Callers.SHOW_ONE, "test-handshakes", 1, 3_000));
    }

    private Optional<TlsSide> member(int id) throws Exception {
        return with(certificates.of(Role.MEMBER, "" + id));
    }

    @Test
    void members_exchange_large_and_small_messages_whole_and_in_order() throws Exception {
        Recorder three = net.start(member(3), THREE, ONE, TWO);
        Recorder one = net.start(member(1), ONE, TWO, THREE);
        Recorder two = net.start(member(2), TWO, ONE, THREE);
        three.awaitLink(ONE);
        three.awaitLink(TWO);
        SplittableRandom random = new SplittableRandom(7);
        List<PeerMessage> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(3) == 0 ? 8_000 + random.nextInt(40_000) : random.nextInt(300)];
            random.nextBytes(bytes);
            sent.add(new PeerMessage.App(Payload.wrap(bytes)));
        }

        for (PeerMessage message : sent) {
            three.send(ONE, message);
            three.send(TWO, message);
            if (random.nextInt(4) == 0) {
                three.transport.flush();
            }
        }
        three.transport.flush();

        one.awaitMessages(300);
        two.awaitMessages(300);
        assertThat(one.messages()).isEqualTo(sent);
        assertThat(two.messages()).isEqualTo(sent);
    }

    @Test
    void whoever_shows_the_certificate_of_another_member_is_refused_and_told_of() throws Exception {
        Recorder one = net.start(member(1), ONE, TWO);
        Recorder liar = net.start(member(3), TWO, ONE);

        net.awaitComplaint("it says that it is s2, but its certificate names member/3");
        assertThat(one.currentLink(TWO)).isEmpty();
        assertThat(liar.currentLink(ONE)).isEmpty();
    }

    @Test
    void a_member_does_not_talk_to_one_that_answers_with_another_members_certificate() throws Exception {
        Recorder liar = net.start(member(3), ONE, TWO);
        Recorder two = net.start(member(2), TWO, ONE);

        net.awaitComplaint("it says that it is s1, but its certificate names member/3");
        assertThat(two.currentLink(ONE)).isEmpty();
        Await.until("the liar's link ends", () -> liar.currentLink(TWO).isEmpty());
    }

    @Test
    void an_agents_a_foreign_or_no_certificate_makes_no_member() throws Exception {
        Recorder one = net.start(member(1), ONE, TWO, THREE);
        Recorder agent = net.start(with(certificates.of(Role.AGENT, "2")), TWO, ONE);
        net.awaitComplaint("names no member but agent/2");
        assertThat(agent.currentLink(ONE)).isEmpty();
        agent.close();

        Recorder foreign = net.start(with(certificates.foreign(Role.MEMBER, "2")), TWO, ONE);
        net.awaitComplaint("issued by nobody who is trusted here");
        assertThat(foreign.currentLink(ONE)).isEmpty();
        foreign.close();

        Recorder plain = net.start(TWO, ONE);
        net.awaitComplaint("not an SSL/TLS record");
        assertThat(plain.currentLink(ONE)).isEmpty();
        assertThat(one.currentLink(TWO)).isEmpty();
    }

    @Test
    void an_expired_certificate_makes_no_member() throws Exception {
        TlsFiles files = certificates.shortLived(Role.MEMBER, "2", Duration.ofSeconds(5));
        Instant end = Instant.now().plusSeconds(6);
        Optional<TlsSide> side = with(files);
        Await.until("its end", () -> Instant.now().isAfter(end));
        Recorder one = net.start(member(1), ONE, TWO);
        Recorder two = net.start(side, TWO, ONE);

        net.awaitComplaint("expired");
        assertThat(one.currentLink(TWO)).isEmpty();
        assertThat(two.currentLink(ONE)).isEmpty();
    }

    @Test
    void strangers_who_say_nothing_do_not_keep_members_out() throws Exception {
        Recorder one = net.start(member(1), ONE, TWO);
        InetSocketAddress address = one.transport.address();
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 80; i++) {
                silent.add(new Socket(address.getAddress(), address.getPort()));
            }
            Recorder two = net.start(member(2), TWO, ONE);

            one.awaitLink(TWO);
            two.awaitLink(ONE);
            net.awaitComplaint("have not introduced themselves");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}
