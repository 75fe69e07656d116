package dev.assent.rm.xa;

import static dev.assent.rm.xa.PostgresBranch.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.testing.LogLines;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.PostgresServer.Frozen;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.xa.quirk.OpeningQuirks;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.XAConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.xa.PGXADataSource;

/**
 * Recovery of a database whose host takes connections and never says a word.
 *
 * <pre>
 * resources: a socket that accepts and is silent; a PostgreSQL under SIGSTOP; drivers with and without time-outs
 * expected:  each question to that resource fails within its bound; what hangs has a limit; once the host answers, so
 *            does recovery, in the same process
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class HalfOpenHostTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final ConnectionAttempts.Limits LIMITS =
            new ConnectionAttempts.Limits(Duration.ofMillis(900), 3, Duration.ofHours(1));

    private static final BranchId BRANCH = new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2});

    private final Database database;
    private final ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> hanging = new ConcurrentLinkedQueue<>();
    private volatile boolean answers;

    HalfOpenHostTest(PostgresServer server) throws SQLException, IOException {
        database = server.newDatabase().withAccounts();
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
        for (Socket socket : hanging) {
            socket.close();
        }
    }

    /** As a driver without any time-out does. */
    private XAConnection open() throws SQLException {
        if (answers) {
            return database.xa().getXAConnection();
        }
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), silent.getLocalPort());
            hanging.add(socket);
            throw new SQLException("the host said " + socket.getInputStream().read());
        } catch (IOException e) {
            throw new SQLException("the host is gone", e);
        }
    }

    private static void assertNotReached(XaResourceManager resource, String why) {
        assertThat(resource.inDoubt().toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableThat()
                .havingRootCause()
                .withMessageContaining(why);
    }

    @Test
    void recovery_of_a_frozen_database_goes_on_when_it_runs_again() throws Exception {
        try (PostgresServer server = PostgresServer.ofItsOwn()) {
            Database frozen = server.newDatabase();
            PGXADataSource unbounded = frozen.xa();
            unbounded.setSslMode("disable"); // the driver bounds the handshake of TLS, and nothing else
            XaResourceManager resource = XaResourceManager.of("ledger", unbounded);
            resource.checkUsable();
            try (Frozen stopped = server.freeze()) {
                assertThat(stopped).isNotNull();
                assertThat(resource.inDoubt().toCompletableFuture()).failsWithin(SOON);
                assertThat(now(resource.recoverer().commit(BRANCH))).isInstanceOf(Completion.Unsent.class);
            }

            assertThat(now(resource.inDoubt())).isEmpty();
            assertThat(now(resource.recoverer().commit(BRANCH))).isInstanceOf(Completion.NotKnown.class);
        }
    }

    @Test
    void attempts_that_hang_are_given_up_are_limited_and_end_when_the_host_does() throws Exception {
        XaResourceManager resource = new XaResourceManager("ledger", this::open, LIMITS);
        answers = true;
        resource.checkUsable();
        answers = false;

        try (LogLines log = LogLines.of(ConnectionAttempts.class).attach()) {
            for (int attempt = 0; attempt < LIMITS.attemptsMax(); attempt++) {
                assertNotReached(resource, "within 900 ms");
            }
            assertNotReached(resource, "3 attempts hang");
            assertThat(hanging).hasSize(LIMITS.attemptsMax());
            assertThat(log.warnings()).singleElement().asString().contains("resource ledger", "of at most 3");
        }

        answers = true;
        for (Socket socket : hanging) {
            socket.close();
        }
        awaitReached(resource);
    }

    @Test
    void an_attempt_that_nothing_ever_ends_does_not_end_recovery() throws Exception {
        ConnectionAttempts.Limits brief =
                new ConnectionAttempts.Limits(Duration.ofMillis(500), 1, Duration.ofMillis(900));
        XaResourceManager resource = new XaResourceManager("ledger", this::open, brief);
        answers = true;
        resource.checkUsable();
        answers = false;
        assertNotReached(resource, "within 500 ms");

        answers = true; // a new host, which knows nothing of that connection

        awaitReached(resource);
        assertThat(hanging).hasSize(1);
    }

    private static void awaitReached(XaResourceManager resource) {
        long endNanos = System.nanoTime() + SOON.toNanos();
        boolean reached = false;
        while (!reached && System.nanoTime() < endNanos) {
            reached = resource.inDoubt()
                    .handle((branches, failed) -> failed == null)
                    .toCompletableFuture()
                    .join();
        }
        assertThat(reached).isTrue();
    }

    @Test
    void a_connection_that_comes_too_late_is_closed() throws Exception {
        CompletableFuture<Void> wait = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        XaResourceManager late = new XaResourceManager(
                "ledger",
                ((XaResourceSource) () -> {
                            wait.join(); // whoever interrupts it
                            return new XaResourceSource.Opened(
                                    new RecordingDatabase().resource("r"), closed::countDown);
                        })
                        .connections(),
                LIMITS);
        assertThatThrownBy(() -> now(late.inDoubt())).hasMessageContaining("ledger");

        wait.complete(null);

        assertThat(closed.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /** Nothing of it is left on the host's side, whether the user set a login time-out or not. */
    @Test
    void the_driver_of_postgresql_is_told_to_give_up_by_itself() throws Exception {
        for (int login : List.of(0, 1)) {
            PGXADataSource source = new PGXADataSource();
            source.setUrl("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/silent?gssEncMode=disable");
            source.setSslMode("disable");
            source.setLoginTimeout(login);

            assertThatThrownBy(() -> OpeningQuirks.of(source).open(source, Duration.ofSeconds(1)))
                    .isInstanceOf(SQLException.class);

            try (Socket seen = silent.accept()) {
                seen.setSoTimeout(Math.toIntExact(SOON.toMillis()));
                seen.getInputStream().readAllBytes(); // returns when the driver has closed its end
            }
        }
    }

    @Test
    void a_connection_of_recovery_has_the_time_outs_that_its_user_gave_it() throws Exception {
        PGXADataSource source = database.xa();
        source.setSocketTimeout(77);

        XAConnection opened = OpeningQuirks.of(source).open(source, Duration.ofSeconds(5));
        try (Connection handle = opened.getConnection()) {
            assertThat(handle.getNetworkTimeout()).isEqualTo(77_000);
        } finally {
            opened.close();
        }

        assertThat(source.getSocketTimeout()).isEqualTo(77);
    }
}
