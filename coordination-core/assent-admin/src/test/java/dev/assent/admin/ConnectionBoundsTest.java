package dev.assent.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.admin.login.Access;
import dev.assent.metrics.ProcessMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Strangers who connect and say nothing, or not enough. In a process of its own, as the JDK reads the bounds once; they are
 * smaller there, so that the test is short.
 */
@Timeout(240)
final class ConnectionBoundsTest {
    private static final int CONNECTIONS = 20;
    private static final String BOUND = "bound: ";

    private final List<Socket> strangers = new ArrayList<>();
    private Process process;
    private URI url;
    private String set = "";

    /** The process. */
    static final class Serving {
        private Serving() {}

        /** Says where it serves, and ends with its parent's end of the line. */
        public static void main(String[] arguments) throws IOException {
            try (AdminServer server = AdminServer.start(
                    new AdminConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Access.LOCAL),
                    new StillSource(),
                    List.of(),
                    new ProcessMetrics(),
                    2_000)) {
                System.out.println(BOUND + System.getProperty("sun.net.httpserver.maxIdleConnections"));
                System.out.println(server.url());
                int unused = System.in.read();
            }
        }
    }

    @SuppressWarnings("NullAway.Init") // The process is started before each test.
    ConnectionBoundsTest() {}

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-Djdk.httpserver.maxConnections=" + CONNECTIONS,
                        "-Dsun.net.httpserver.idleInterval=1",
                        "-Dsun.net.httpserver.clockTick=100",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Serving.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        while (line != null && !line.startsWith("http://")) {
            set = line.startsWith(BOUND) ? line.substring(BOUND.length()) : set;
            line = said.readLine();
        }
        url = URI.create(String.valueOf(line));
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket stranger : strangers) {
            stranger.close();
        }
        process.getOutputStream().close();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }

    private Socket connected(String says) throws IOException {
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(120_000);
        strangers.add(socket);
        socket.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException reset) {
            return true;
        }
    }

    private void assertServed() throws IOException {
        Socket socket = connected("GET /health HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n\r\n");
        assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine())
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void who_says_nothing_or_half_a_head_or_comes_in_crowds_is_left_and_others_are_served() throws Exception {
        assertThat(set).as("what was not given").isEqualTo(Integer.toString(ConnectionBounds.CONNECTIONS_MAX));
        assertServed();
        Socket slow = connected("GET /health HTTP/1.1\r\nHost: ");
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 5 * CONNECTIONS; i++) {
            try {
                silent.add(connected(""));
            } catch (IOException refused) {
                // So much the better.
            }
        }

        assertThat(isClosed(slow)).isTrue();
        assertThat(silent).allMatch(ConnectionBoundsTest::isClosed);
        assertServed();
    }

    @Test
    void an_operators_own_bounds_stay_and_others_are_set() {
        Properties system = new Properties();
        system.setProperty("jdk.httpserver.maxConnections", "7");

        ConnectionBounds.setIn(system);

        assertThat(system)
                .containsEntry("jdk.httpserver.maxConnections", "7")
                .containsEntry("sun.net.httpserver.idleInterval", "10")
                .containsEntry("sun.net.httpserver.clockTick", "2000")
                .hasSize(4);
    }
}
