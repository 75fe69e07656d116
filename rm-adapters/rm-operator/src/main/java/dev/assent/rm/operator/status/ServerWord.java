package dev.assent.rm.operator.status;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a server of the store, ours or Apache ZooKeeper's, what it is, by the four-letter word {@code srvr}. */
final class ServerWord {
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int ANSWER_BYTES_MAX = 8_192;
    /** ZooKeeper's, where none is named. */
    private static final int PORT = 2_181;

    private ServerWord() {}

    static ClusterStatus.Server ask(String address) {
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > address.lastIndexOf(']');
        String host = (hasPort ? address.substring(0, colon) : address).replaceAll("^\\[|\\]$", "");
        int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : PORT;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            byte[] answer = socket.getInputStream().readNBytes(ANSWER_BYTES_MAX);
            return parse(address, new String(answer, StandardCharsets.US_ASCII));
        } catch (IOException | IllegalArgumentException silent) {
            return new ClusterStatus.Server(address, "", "", String.valueOf(silent.getMessage()));
        }
    }

    static ClusterStatus.Server parse(String address, String answer) {
        String mode = line(answer, "Mode: ");
        return new ClusterStatus.Server(
                address,
                mode,
                line(answer, "Zxid: "),
                mode.isEmpty() ? answer.lines().findFirst().orElse("it answers nothing") : "");
    }

    private static String line(String answer, String beginning) {
        return answer.lines()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()).strip())
                .findFirst()
                .orElse("");
    }
}
