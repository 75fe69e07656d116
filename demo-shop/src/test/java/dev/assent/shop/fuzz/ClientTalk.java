package dev.assent.shop.fuzz;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.tx.testing.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the library's client really says to a server of ours, written down on its way.
 *
 * @param greetings the first frames, without their lengths
 * @param requests all later ones
 */
record ClientTalk(List<byte[]> greetings, List<byte[]> requests) {
    /** The client's number for pings, and the operation. */
    private static final ByteBuffer PING =
            ByteBuffer.allocate(8).putInt(-2).putInt(11).flip();

    static ClientTalk record() throws IOException {
        List<byte[]> greetings = Collections.synchronizedList(new ArrayList<>());
        List<byte[]> requests = Collections.synchronizedList(new ArrayList<>());
        Path data = Files.createTempDirectory("assent-fuzz");
        try (CoordinationServer server = CoordinationServer.start(ServerConfig.standalone(data, 0));
                TcpProxy way = new TcpProxy(
                        server.clientPort(),
                        (connection, number, frame) -> {
                            if (!isPing(frame)) {
                                (number == 0 ? greetings : requests).add(bytes(frame));
                            }
                            return true;
                        },
                        TcpProxy.Filter.NONE)) {
            talk(way.address());
        } finally {
            delete(data);
        }
        requests.add(PING.array());
        return new ClientTalk(List.copyOf(greetings), List.copyOf(requests));
    }

    /** Pings come when it is time; of what a seed damages there is always the same. */
    private static boolean isPing(ByteBuffer frame) {
        return frame.duplicate().equals(PING.duplicate());
    }

    private static byte[] bytes(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
        return bytes;
    }

    private static void talk(String address) throws IOException {
        try (StoreSession session = StoreSession.open(
                StoreConfig.of(address).withCredential(StoreConfig.Credential.digest("somebody", "something")))) {
            StoreWatch watch = new StoreWatch(() -> {});
            session.await(session.create("/a", new byte[] {1, 2, 3}), "creating");
            session.await(session.create(StoreOp.Create.ephemeral("/a/e", new byte[0])), "creating");
            session.await(session.setData("/a", new byte[100], 0), "changing");
            session.await(session.read("/a", watch), "reading");
            session.await(session.children("/a", watch), "listing");
            session.await(session.exists("/none", watch), "looking");
            session.await(session.detail("/a"), "reading");
            session.await(session.syncAndRead("/a"), "reading");
            session.await(
                    session.multi(List.of(
                            new StoreOp.Check("/a", 1),
                            new StoreOp.Create("/a/b", new byte[] {4}),
                            new StoreOp.SetData("/a/b", new byte[] {5}, 0),
                            new StoreOp.Delete("/a/b", -1))),
                    "a multi");
            session.await(session.delete("/a/e", -1), "deleting");
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
