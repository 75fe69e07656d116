package dev.assent.shop.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Through the gate to a server that writes down each line and says it back. */
class TcpGateTest {
    private static final int SILENCE_MILLIS = 200;
    private static final int PATIENCE_MILLIS = 30_000;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private ServerSocket server;
    private TcpGate gate;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                daemon(() -> echo(client));
            }
        });
        gate = TcpGate.to(server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        gate.close();
        server.close();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void daemon(Step step) {
        Thread thread = new Thread(() -> {
            try {
                step.run();
            } catch (IOException over) {
                assertThat(over).isNotNull(); // the test has ended
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void echo(Socket client) throws IOException {
        try (client) {
            BufferedReader lines = reader(client);
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.add(line);
                say(client, line);
            }
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void say(Socket socket, String line) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void isSilent(Socket socket, BufferedReader lines) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(lines::readLine).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Test
    void a_request_that_says_a_certain_thing_is_held_and_arrives_when_the_gate_opens() throws IOException {
        try (Socket socket = connected();
                Socket other = connected()) {
            gate.holdRequests("COMMIT PREPARED");
            say(socket, "COMMIT PREPARED 'a_b_c' or so");
            Eventually.soon("it is held", () -> gate.held().size() == 1);
            BufferedReader lines = reader(socket);
            isSilent(socket, lines);

            say(other, "SELECT 1");

            assertThat(reader(other).readLine()).isEqualTo("SELECT 1");
            assertThat(heard).containsExactly("SELECT 1");
            assertThat(gate.held()).containsExactly("COMMIT PREPARED 'a_b_c'");
            gate.open();
            assertThat(lines.readLine()).startsWith("COMMIT PREPARED");
        }
    }

    @Test
    void what_is_dropped_never_arrives_and_its_connection_ends() throws IOException {
        try (Socket socket = connected();
                Socket later = connected()) {
            gate.holdRequests("COMMIT");
            say(socket, "COMMIT PREPARED 'x'");
            Eventually.soon("it is held", () -> gate.held().size() == 1);
            BufferedReader lines = reader(socket);
            isSilent(socket, lines);

            gate.drop();

            assertThat(lines.readLine()).isNull();
            say(later, "COMMIT PREPARED 'y'");
            assertThat(reader(later).readLine()).contains("'y'");
            assertThat(heard).containsExactly("COMMIT PREPARED 'y'");
        }
    }

    @Test
    void what_is_cut_ends_and_who_comes_back_is_led_to_where_the_gate_leads_now() throws IOException {
        try (ServerSocket elsewhere = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Socket standing = connected()) {
            daemon(() -> say(elsewhere.accept(), "elsewhere"));
            say(standing, "SELECT 1");
            BufferedReader lines = reader(standing);
            assertThat(lines.readLine()).isEqualTo("SELECT 1");

            gate.leadTo(elsewhere.getLocalPort());
            say(standing, "SELECT 2");
            assertThat(lines.readLine()).isEqualTo("SELECT 2");
            gate.cut();

            assertThat(lines.readLine()).isNull();
            try (Socket back = connected()) {
                assertThat(reader(back).readLine()).isEqualTo("elsewhere");
            }
        }
    }

    @Test
    void an_answer_is_held_while_its_request_is_done() throws IOException {
        try (Socket socket = connected()) {
            gate.holdAnswers("PREPARE");
            say(socket, "PREPARE TRANSACTION 'x'");
            Eventually.soon("it is done", () -> !heard.isEmpty());
            BufferedReader lines = reader(socket);

            isSilent(socket, lines);

            assertThat(heard).containsExactly("PREPARE TRANSACTION 'x'");
            gate.open();
            assertThat(lines.readLine()).isEqualTo("PREPARE TRANSACTION 'x'");
        }
    }

    @Test
    void nothing_passes_a_barred_gate_and_nobody_is_told() throws IOException {
        try (Socket socket = connected()) {
            gate.bar(false);
            say(socket, "hello");
            BufferedReader lines = reader(socket);
            isSilent(socket, lines);
            assertThat(heard).isEmpty();

            gate.open();

            assertThat(lines.readLine()).isEqualTo("hello");
        }
    }

    @Test
    void with_answers_barred_what_is_asked_is_done() throws IOException {
        try (Socket socket = connected()) {
            gate.bar(true);
            say(socket, "hello");
            Eventually.soon("it is done", () -> !heard.isEmpty());
            BufferedReader lines = reader(socket);
            isSilent(socket, lines);
            assertThat(heard).containsExactly("hello");

            gate.open();

            assertThat(lines.readLine()).isEqualTo("hello");
        }
    }
}
