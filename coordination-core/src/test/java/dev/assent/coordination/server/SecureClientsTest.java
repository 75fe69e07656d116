package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static dev.assent.coordination.server.TestClient.text;
import static org.apache.zookeeper.ZooDefs.Ids.OPEN_ACL_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.assent.coordination.Certificates;
import dev.assent.coordination.net.client.ClientChannel;
import dev.assent.coordination.replica.Await;
import dev.assent.coordination.server.config.SecureAccess;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.ZooCfg;
import dev.assent.security.Role;
import dev.assent.security.TlsFiles;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** ZooKeeper's clients over TLS, and who is kept out. */
@Timeout(240)
final class SecureClientsTest {
    private static final int SILENT = 50;

    @TempDir
    Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Certificates certificates;
    private int port;

    @SuppressWarnings("NullAway.Init") // The server is started before each test.
    SecureClientsTest() {}

    @BeforeEach
    void start() throws Exception {
        log.list = new CopyOnWriteArrayList<>(); // it is read while others write
        log.start();
        ((Logger) LoggerFactory.getLogger(ClientChannel.class)).addAppender(log);
        certificates = new Certificates(directory.resolve("certificates"));
        port = serving(access(Optional.empty())).secureClientPort().orElseThrow();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable opened : open) {
            opened.close();
        }
        ((Logger) LoggerFactory.getLogger(ClientChannel.class)).detachAppender(log);
    }

    private SecureAccess access(Optional<String> superSubject) throws Exception {
        return new SecureAccess(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                certificates.of(Role.MEMBER, "1"),
                SecureAccess.Certificates.NEEDED,
                superSubject);
    }

    private CoordinationServer serving(SecureAccess access) throws Exception {
        Path data = Files.createTempDirectory(directory, "data");
        return started(ServerConfig.standalone(data, 0).withSecureClients(access));
    }

    private CoordinationServer started(ServerConfig config) throws Exception {
        CoordinationServer server = CoordinationServer.start(config);
        open.add(0, server);
        return server;
    }

    private SecureClient client(TlsFiles files) throws Exception {
        SecureClient client = SecureClient.connect(port, SecureClient.config(files));
        open.add(0, client);
        return client;
    }

    private TlsFiles ann() throws Exception {
        return certificates.of(Role.CLIENT, "ann");
    }

    private void awaitLog(String part) {
        Await.until("a line with " + part, () -> List.copyOf(log.list).stream()
                .anyMatch(event -> event.getFormattedMessage().contains(part)));
    }

    @Test
    void the_official_client_reads_writes_and_watches_small_and_large() throws Exception {
        SecureClient client = client(ann());
        byte[] large = new byte[900_000];
        large[899_999] = 7;

        client.zk().create("/large", large, OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        for (int i = 0; i < 20; i++) {
            client.zk().create("/small-" + i, bytes("x" + i), OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            assertThat(client.zk().getData("/large", false, null)).isEqualTo(large);
        }

        assertThat(text(client.zk().getData("/small-19", false, null))).isEqualTo("x19");
        assertThat(client.zk().getChildren("/", false)).hasSize(22);
    }

    @Test
    void a_certificate_is_an_identity_that_acls_can_name_and_nobody_else_has() throws Exception {
        SecureClient ann = client(ann());
        SecureClient bob = client(certificates.of(Role.CLIENT, "bob"));
        List<ACL> anns = acl("CN=client-ann");

        ann.zk().create("/named", bytes("1"), anns, CreateMode.PERSISTENT);
        ann.zk().create("/own", bytes("2"), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);

        assertThat(ann.zk().getACL("/own", new Stat())).isEqualTo(anns);
        assertThat(text(ann.zk().getData("/named", false, null))).isEqualTo("1");
        for (String path : List.of("/named", "/own")) {
            assertThatThrownBy(() -> bob.zk().getData(path, false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThatThrownBy(() -> bob.zk().setData(path, bytes("3"), -1))
                    .isInstanceOf(KeeperException.NoAuthException.class);
        }
        assertThatThrownBy(() ->
                        bob.zk().create("/nonsense", bytes(""), acl("no distinguished name"), CreateMode.PERSISTENT))
                .isInstanceOf(KeeperException.InvalidACLException.class);
    }

    private static List<ACL> acl(String subject) {
        return new ArrayList<>(List.of(new ACL(ZooDefs.Perms.ALL, new Id("x509", subject))));
    }

    @Test
    void whose_subject_is_named_for_it_may_do_everything_and_only_he() throws Exception {
        port = serving(access(Optional.of("CN=client-root"))).secureClientPort().orElseThrow();
        client(ann()).zk().create("/own", bytes("1"), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);

        assertThat(text(client(certificates.of(Role.CLIENT, "root")).zk().getData("/own", false, null)))
                .isEqualTo("1");
        assertThatThrownBy(
                        () -> client(certificates.of(Role.CLIENT, "bob")).zk().getData("/own", false, null))
                .isInstanceOf(KeeperException.NoAuthException.class);
    }

    @Test
    void who_shows_no_certificate_or_a_foreign_or_an_expired_one_is_kept_out_and_told_of() throws Exception {
        TlsFiles expiring = certificates.shortLived(Role.CLIENT, "old", Duration.ofMillis(1));

        for (var config : List.of(
                SecureClient.trusting(ann()),
                SecureClient.config(certificates.foreign(Role.CLIENT, "ann")),
                SecureClient.config(expiring))) {
            log.list.clear();
            try (SecureClient kept = SecureClient.connecting(port, config)) {
                awaitLog("no secured connection");
                assertThat(kept.isConnected()).isFalse();
            }
            port = serving(access(Optional.empty())).secureClientPort().orElseThrow();
        }
        assertThat(client(ann()).zk().getChildren("/", false)).containsExactly("zookeeper");
    }

    @Test
    void plain_text_on_the_secured_port_is_no_conversation() throws Exception {
        try (RawClient plain = new RawClient(port)) {
            plain.sendFrame(new byte[44]);

            awaitLog("no secured connection");
            plain.readToEnd();
        }
        assertThat(client(ann()).isConnected()).isTrue();
    }

    @Test
    void those_who_connect_and_say_nothing_cost_nobody_else_anything_and_have_to_go() throws Exception {
        List<Socket> silent = new ArrayList<>();
        ServerConfig config = ServerConfig.standalone(Files.createTempDirectory(directory, "data"), 0)
                .withSecureClients(access(Optional.empty()));
        CoordinationServer server =
                started(config.withLimits(config.clients().limits().withHandshake(Duration.ofSeconds(5))));
        port = server.secureClientPort().orElseThrow();
        for (int i = 0; i < SILENT; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            open.add(socket);
            silent.add(socket);
            if (i % 2 == 0) {
                // The beginning of a record that never goes on.
                OutputStream out = socket.getOutputStream();
                out.write(new byte[] {22, 3, 1, 2});
                out.flush();
            }
        }

        client(ann()).zk().create("/served", bytes(""), OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        for (Socket socket : silent) {
            assertThat(socket.getInputStream().read()).isLessThan(22);
        }
    }

    @Test
    void curator_works_over_tls() throws Exception {
        try (CuratorFramework curator = CuratorFrameworkFactory.builder()
                .connectString("localhost:" + port)
                .retryPolicy(new RetryOneTime(100))
                .zkClientConfig(SecureClient.config(ann()))
                .build()) {
            curator.start();
            InterProcessMutex mutex = new InterProcessMutex(curator, "/locks/one");

            mutex.acquire();
            assertThat(mutex.isAcquiredInThisProcess()).isTrue();
            mutex.release();
        }
    }

    @Test
    void zoo_cfg_names_stores_of_the_jdk_and_the_only_port_is_the_secured_one() throws Exception {
        TlsFiles server = certificates.of(Role.MEMBER, "1");
        Path trust = store("trust.jks", "JKS", server, false);
        Path keys = store("keys.p12", "PKCS12", server, true);
        Path password = Files.writeString(directory.resolve("password"), "secret\n");
        Path cfg = Files.writeString(
                directory.resolve("zoo.cfg"),
                String.join(
                        "\n",
                        "dataDir=" + directory.resolve("data"),
                        "secureClientPort=0",
                        "secureClientPortAddress=127.0.0.1",
                        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider",
                        "ssl.keyStore.location=" + keys,
                        "ssl.keyStore.passwordPath=" + password,
                        "ssl.trustStore.location=" + trust,
                        "ssl.trustStore.password=secret",
                        "ssl.enabledProtocols=TLSv1.3"));
        ServerConfig config = ZooCfg.read(cfg, false).config();

        assertThat(config.clients().plain()).isFalse();
        assertThat(config.toString()).doesNotContain("secret");
        CoordinationServer started = started(config);
        port = started.secureClientPort().orElseThrow();
        assertThat(started.clientPort()).isEqualTo(port);
        assertThat(client(ann()).zk().exists("/", false)).isNotNull();
    }

    private Path store(String name, String type, TlsFiles files, boolean withKey) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        try (var own = Files.newInputStream(files.certificate());
                var authority = Files.newInputStream(files.trust())) {
            if (withKey) {
                store.setKeyEntry(
                        "own", key(files), "secret".toCharArray(), new Certificate[] {factory.generateCertificate(own)
                        });
            } else {
                store.setCertificateEntry("authority", factory.generateCertificate(authority));
            }
        }
        Path path = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, "secret".toCharArray());
        }
        return path;
    }

    private static PrivateKey key(TlsFiles files) throws Exception {
        String base64 = Files.readString(files.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
