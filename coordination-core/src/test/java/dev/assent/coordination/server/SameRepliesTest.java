package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.WireCalls.WireCall;
import dev.assent.coordination.tree.ZooKeeperInProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.ExistsRequest;
import org.apache.zookeeper.proto.GetACLRequest;
import org.apache.zookeeper.proto.GetSASLRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same frames to our server and to Apache ZooKeeper's: the same replies, events, Stats, zxids and errors. */
class SameRepliesTest {
    private static final int STEPS = 3_000;

    @TempDir
    private Path directory;

    @Test
    void requests_at_the_edges_are_answered_alike() throws Exception {
        try (ZooKeeperInProcess apache = new ZooKeeperInProcess(directory);
                SoloServer server = SoloServer.serving();
                Pair pair = new Pair(apache.port(), server.port())) {
            for (WireCall call : WireCases.all()) {
                pair.same(call);
            }
        }
    }

    @Test
    void random_requests_of_two_clients_are_answered_alike() throws Exception {
        RandomCalls random = new RandomCalls(17);
        try (ZooKeeperInProcess apache = new ZooKeeperInProcess(directory);
                SoloServer server = SoloServer.serving();
                Pair ann = new Pair(apache.port(), server.port());
                Pair bob = new Pair(apache.port(), server.port())) {
            ann.same(WireCalls.auth("digest", "ann:secret"));
            for (int step = 0; step < STEPS; step++) {
                boolean anns = random.coin();
                (anns ? ann : bob).same(random.next());
                // Brings the other's events along.
                (anns ? bob : ann).same(WireCalls.exists("/", false));
            }
            assertThat(ann.errors + bob.errors).isBetween(STEPS / 10, STEPS * 9 / 10);
            assertThat(ann.events + bob.events).isGreaterThan(STEPS / 10);
        }
    }

    /** Also in docs/protocol/client.md. */
    @Test
    void where_the_answers_differ_it_is_known_how() throws Exception {
        try (ZooKeeperInProcess apache = new ZooKeeperInProcess(directory);
                SoloServer server = SoloServer.serving();
                Pair pair = new Pair(apache.port(), server.port())) {
            for (String path : List.of("a", "//", "/a/", "/..")) {
                pair.differ(WireCalls.addWatch(path, 0), "0", "error -8");
            }
            pair.differ(WireCalls.getChildren(OpCode.getChildren, "", false), "[zookeeper]", "error -101");
            pair.differ(WireCalls.multi(WireCalls.create("/f", 7)), "error -5", "-1 error -8; ");
            pair.same(WireCalls.create("/full", 0));
            pair.same(WireCalls.create("/full/x", 0));
            pair.differ(WireCalls.call(20, new GetACLRequest("/full")), "error -111", "error -6");
            pair.differ(WireCalls.call(102, new GetSASLRequest(new byte[0])), "4 bytes", "error -115 with 4 bytes");
            pair.differ(WireCalls.call(-10), "error -5", "error -6");
            WireCall trailing =
                    WireCalls.call(OpCode.exists, new ExistsRequest("/none", false), new ExistsRequest("/none", false));
            pair.differ(trailing, "error -101", "error -5");
        }
    }

    /** A client of each server. */
    private static final class Pair implements AutoCloseable {
        private static final int UNIMPLEMENTED = -6;
        private static final int AUTH_FAILED = -115;

        private final int theirPort;
        private final int ourPort;
        private WireClient theirs;
        private WireClient ours;
        private int errors;
        private int events;

        Pair(int theirPort, int ourPort) throws IOException {
            this.theirPort = theirPort;
            this.ourPort = ourPort;
            this.theirs = new WireClient(theirPort);
            this.ours = new WireClient(ourPort);
        }

        void same(WireCall call) throws IOException {
            WireClient.Reply their = call.on(theirs);
            WireClient.Reply our = call.on(ours);
            errors += their.error() == 0 ? 0 : 1;
            events += their.events().size();
            assertThat(Wire.describe(call.op(), our, ours.session()))
                    .as(call.toString())
                    .isEqualTo(Wire.describe(call.op(), their, theirs.session()));
            goOnAfter(their, our);
        }

        void differ(WireCall call, String expectedOfThem, String expectedOfUs) throws IOException {
            WireClient.Reply their = call.on(theirs);
            WireClient.Reply our = call.on(ours);
            assertThat(Wire.describe(call.op(), their, theirs.session()))
                    .as(call.toString())
                    .isEqualTo(expectedOfThem);
            assertThat(Wire.describe(call.op(), our, ours.session()))
                    .as(call.toString())
                    .isEqualTo(expectedOfUs);
            goOnAfter(their, our);
        }

        /** ZooKeeper closes the connection after these two errors, ours after the second only. */
        private void goOnAfter(WireClient.Reply their, WireClient.Reply our) throws IOException {
            boolean over = their.error() == UNIMPLEMENTED || their.error() == AUTH_FAILED;
            if (over || their.closed() || our.closed()) {
                close();
                theirs = new WireClient(theirPort);
                ours = new WireClient(ourPort);
            }
        }

        @Override
        public void close() throws IOException {
            theirs.close();
            ours.close();
        }
    }
}
