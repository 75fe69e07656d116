package dev.assent.rm.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.assent.command.ExitCode;
import dev.assent.event.EventStream;
import dev.assent.event.TransactionEvent;
import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecorder;
import dev.assent.flight.FlightRecording;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./assent tx export}. */
@Timeout(240)
class TxExportTest {
    private static final String ID = new GlobalTxId(
                    new ClusterId(7),
                    new EpochKey(Authority.SHARD_2PC, 1, 0),
                    3,
                    1_700_000_000_000L,
                    new GlobalTxId.Unique(1, 2))
            .toHex();

    @TempDir
    private Path folder;

    /** What a node has of it, and in memory alone. */
    private static String ofNode() throws Exception {
        EventStream stream = new EventStream(() -> 1_000);
        try (FlightRecorder recorder = FlightRecorder.inMemory("left", stream)) {
            stream.tell(new TransactionEvent.Begun(ID, 2_000));
            return heard(recorder).text();
        }
    }

    private static FlightExport heard(FlightRecorder recorder) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        for (int look = 0; look < 4_000; look++) {
            Optional<FlightExport> export = recorder.export(ID);
            if (export.isPresent()) {
                return export.get();
            }
            assertThat(never.await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
        throw new AssertionError("nothing is recorded");
    }

    private static HttpServer answering(int status, String body) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/transactions/" + ID + "/export", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void what_a_node_and_a_directory_hold_becomes_one_file() throws Exception {
        Path flight = folder.resolve("flight");
        EventStream stream = new EventStream(() -> 1_000);
        try (FlightRecorder recorder = FlightRecorder.start("right", flight, stream)) {
            stream.tell(new TransactionEvent.Begun(ID, 2_000));
            FlightExport unused = heard(recorder);
        }
        HttpServer node = answering(200, ofNode());
        HttpServer other = answering(404, "{\"error\":\"not here\"}");
        Path file = folder.resolve("export.jsonl");
        try {
            Run run = Run.of(
                    "tx",
                    "export",
                    ID,
                    "--node",
                    address(node),
                    "--node",
                    address(other),
                    "--flight",
                    flight.toString(),
                    "--out",
                    file.toString());

            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isEqualTo(ExitCode.OK);
        } finally {
            node.stop(0);
            other.stop(0);
        }
        FlightRecording written = FlightRecording.read(file);
        assertThat(written.transaction()).isEqualTo(ID);
        assertThat(written.sections())
                .extracting(section -> section.process().get("name"))
                .containsExactlyInAnyOrder("left", "right");
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void nobody_to_ask_nobody_who_knows_and_whoever_answers_something_else_are_told() throws Exception {
        assertThat(Run.of("tx", "export", ID).code()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("tx", "export", "nonsense", "--flight", folder.toString())
                        .code())
                .isEqualTo(ExitCode.USAGE);
        Run unknown = Run.of("tx", "export", ID, "--flight", folder.toString());
        assertThat(unknown.code()).isEqualTo(ExitCode.CANNOT);
        assertThat(unknown.err()).contains("nobody asked has recorded transaction " + ID);
        HttpServer page = answering(200, "<html>");
        try {
            Run foreign = Run.of("tx", "export", ID, "--node", address(page));
            assertThat(foreign.code()).isEqualTo(ExitCode.CANNOT);
            assertThat(foreign.err()).contains("is no export of a transaction");
        } finally {
            page.stop(0);
        }
        assertThat(Run.of("tx", "export", ID, "--node", address(page)).err()).contains("does not answer");
        assertThat(folder).isEmptyDirectory();
    }
}
