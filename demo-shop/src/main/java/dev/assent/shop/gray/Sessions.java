package dev.assent.shop.gray;

import dev.assent.store.Deadline;
import dev.assent.store.SessionListener;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sessions with the store that begin at one server and may move to the others, each holding an ephemeral znode. Its
 * process never stops, so none of them has any reason to expire.
 */
final class Sessions implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 6_000;
    private static final String FOLDER = "/gray-sessions";

    /** Longer than anything that is measured: what a server owes is seen, not cut off. */
    private static final Duration REQUEST_MAX = Duration.ofSeconds(60);

    private final List<StoreSession> clients = new ArrayList<>();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();

    /** Opens so many sessions at that server, and returns when all have their znode. */
    void open(StoreEnsemble store, int server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            StoreSession client = connect(store, server);
            clients.add(client);
            createIfMissing(client, FOLDER);
            client.await(
                    client.create(StoreOp.Create.ephemeral(FOLDER + "/s-" + UUID.randomUUID(), new byte[0])),
                    "holding a znode");
        }
    }

    /** A client that begins at that server. */
    StoreSession connect(StoreEnsemble store, int server) throws IOException {
        StoreSession client = StoreSession.open(new StoreConfig(
                        beginningAt(store, server),
                        Duration.ofMillis(TIMEOUT_MILLIS),
                        Duration.ofMillis(3L * TIMEOUT_MILLIS),
                        REQUEST_MAX,
                        Optional.empty())
                .withOrder(StoreConfig.Order.NAMED));
        client.listen(new SessionListener() {
            @Override
            public void connected(long session) {
                moved.incrementAndGet();
            }

            @Override
            public void lost(long session, Loss how) {
                if (how == Loss.CONFIRMED) {
                    expired.incrementAndGet();
                }
            }
        });
        return client;
    }

    /** That server first, then the others in turn. */
    private static String beginningAt(StoreEnsemble store, int first) {
        return IntStream.range(0, StoreEnsemble.SIZE)
                .map(i -> (first - 1 + i) % StoreEnsemble.SIZE + 1)
                .mapToObj(id -> "127.0.0.1:" + store.clientPort(id))
                .collect(Collectors.joining(","));
    }

    static void createIfMissing(StoreSession client, String path) throws IOException {
        client.createIfMissing(new StoreOp.Create(path, new byte[0]), Deadline.in(REQUEST_MAX));
    }

    int count() {
        return clients.size();
    }

    int expired() {
        return expired.get();
    }

    /** How often one of them came back, at the same server or another. */
    int moved() {
        return moved.get();
    }

    @Override
    public void close() {
        clients.forEach(StoreSession::close);
    }
}
