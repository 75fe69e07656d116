package dev.assent.shop.drill;

import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** Reads from the znodes which node leads the first shard of the transactions, as any ZooKeeper tool could. */
final class LeaderFinder {
    private static final String SHARD = "/assent/epochs/shards/0";
    private static final String NAME = "name=";
    private static final int SESSION_TIMEOUT_MILLIS = 10_000;
    private static final int ATTEMPTS_MAX = 50;
    private static final long PAUSE_MILLIS = 200;

    private LeaderFinder() {}

    /** The name of the leading node. */
    static String find(String connectString) throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
        ZooKeeper client = new ZooKeeper(connectString, SESSION_TIMEOUT_MILLIS, watcher);
        try {
            if (!connected.await(SESSION_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("the ensemble at " + connectString + " does not answer");
            }
            return read(client);
        } finally {
            client.close();
        }
    }

    private static String read(ZooKeeper client) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                String held = new String(client.getData(SHARD, false, null), StandardCharsets.UTF_8);
                Optional<String> holder =
                        held.lines().filter(line -> line.startsWith(NAME)).findFirst();
                if (holder.isPresent()) {
                    return holder.get().substring(NAME.length());
                }
                Pauses.pause(PAUSE_MILLIS); // between two leaders
            } catch (KeeperException.NoNodeException beforeTheFirst) {
                Pauses.pause(PAUSE_MILLIS);
            } catch (KeeperException failed) {
                throw new IOException("could not read who leads: " + failed.getMessage(), failed);
            }
        }
        throw new IOException("no node leads the transactions");
    }
}
