package dev.assent.shop.demo.parts;

import dev.assent.shop.platform.Pauses;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads from the znodes which node leads a shard of the transactions, as any ZooKeeper tool could. */
public final class LeaderFinder {
    private static final String SHARDS = "/assent/epochs/shards/";
    private static final String NAME = "name=";
    private static final int ATTEMPTS_MAX = 50;
    private static final long PAUSE_MILLIS = 200;

    private LeaderFinder() {}

    /** The name of the node that leads the first shard. */
    public static String find(StoreConfig store) throws IOException, InterruptedException {
        return find(store, 0);
    }

    /** The name of the node that leads that shard. */
    public static String find(StoreConfig store, int shard) throws IOException, InterruptedException {
        try (StoreSession client = StoreSession.open(store)) {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                Optional<String> leader = leader(client, shard);
                if (leader.isPresent()) {
                    return leader.get();
                }
                Pauses.pause(PAUSE_MILLIS); // between two leaders, or before the first
            }
            throw new IOException("no node leads shard " + shard + " of the transactions");
        }
    }

    private static Optional<String> leader(StoreSession client, int shard) throws IOException {
        try {
            byte[] held = client.await(client.read(SHARDS + shard), "reading who leads")
                    .data();
            return new String(held, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(NAME))
                    .findFirst()
                    .map(line -> line.substring(NAME.length()));
        } catch (StoreException failed) {
            if (failed.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw failed;
        }
    }
}
