package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;

/** The reads and writes of a relay's nodes; each call is one request or a short, repeatable row of them. */
final class LeaseNodes {
    private final CuratorFramework client;
    private final LeasePaths paths;
    private final byte[] me;

    LeaseNodes(CuratorFramework client, LeasePaths paths, String instance) {
        this.client = client;
        this.paths = paths;
        this.me = instance.getBytes(StandardCharsets.UTF_8);
    }

    /** One round trip to the store, with its failures as the environment's. */
    private interface Request<T> {
        // Curator declares exactly this.
        T send() throws Exception;
    }

    private static <T> T ask(String what, Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the znode store to " + what, e);
        } catch (Exception e) {
            throw new IOException("the znode store did not " + what + ": " + e.getMessage(), e);
        }
    }

    long sessionId() throws IOException {
        return ask(
                "tell the session",
                () -> client.getZookeeperClient().getZooKeeper().getSessionId());
    }

    void createEpochs(int shards) throws IOException {
        for (int number = 0; number < shards; number++) {
            createIfAbsent(paths.epoch(new ShardId(number)), "0".getBytes(StandardCharsets.UTF_8));
        }
        createIfAbsent(paths.members(), new byte[0]);
    }

    private void createIfAbsent(String path, byte[] data) throws IOException {
        ask("create " + path, () -> {
            try {
                return client.create().creatingParentsIfNeeded().forPath(path, data);
            } catch (KeeperException.NodeExistsException e) {
                return path;
            }
        });
    }

    /**
     * Makes this instance a live member.
     *
     * @return false while another session holds the name: that of a dead predecessor for a moment, or a namesake's
     */
    boolean join(String instance) throws IOException {
        String path = paths.member(instance);
        return ask("create " + path, () -> {
            Stat member = client.checkExists().forPath(path);
            if (member != null) {
                return member.getEphemeralOwner() == sessionId();
            }
            try {
                client.create().withMode(CreateMode.EPHEMERAL).forPath(path, me);
                return true;
            } catch (KeeperException.NodeExistsException e) {
                return false;
            }
        });
    }

    /** The live members, each with the shards that it declines. */
    SortedMap<String, SortedSet<ShardId>> members(Watcher watcher) throws IOException {
        return ask("list " + paths.members(), () -> {
            SortedMap<String, SortedSet<ShardId>> members = new TreeMap<>();
            for (String member : client.getChildren().usingWatcher(watcher).forPath(paths.members())) {
                try {
                    byte[] data = client.getData().forPath(paths.member(member));
                    members.put(member, Declined.parse(new String(data, StandardCharsets.UTF_8)));
                } catch (KeeperException.NoNodeException e) {
                    // It has left since; the watch tells of it.
                    members.remove(member);
                }
            }
            return members;
        });
    }

    /** Tells the other members which shards {@code instance}, this one, declines. */
    void decline(String instance, SortedSet<ShardId> declined) throws IOException {
        ask("tell what is declined", () -> client.setData()
                .forPath(
                        paths.member(instance),
                        Declined.format(instance, declined).getBytes(StandardCharsets.UTF_8)));
    }

    /** The session that owns the shard now; {@code watcher} is told when that changes. */
    Optional<Long> ownerSession(ShardId shard, Watcher watcher) throws IOException {
        return ask("read " + paths.owner(shard), () -> {
            Stat owner = client.checkExists().usingWatcher(watcher).forPath(paths.owner(shard));
            return owner == null ? Optional.<Long>empty() : Optional.of(owner.getEphemeralOwner());
        });
    }

    /**
     * Takes a shard: its owner node and its next epoch in one step.
     *
     * @param above the epoch will be above this one too
     * @return empty if somebody else was faster
     */
    Optional<ShardLease> take(ShardId shard, ShardEpoch above) throws IOException {
        return ask("give shard " + shard, () -> {
            Stat stat = new Stat();
            byte[] data = client.getData().storingStatIn(stat).forPath(paths.epoch(shard));
            ShardEpoch stored = new ShardEpoch(Long.parseLong(new String(data, StandardCharsets.UTF_8)));
            ShardEpoch next = (stored.compareTo(above) < 0 ? above : stored).next();
            CuratorOp own = client.transactionOp()
                    .create()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(paths.owner(shard), me);
            CuratorOp raise = client.transactionOp()
                    .setData()
                    .withVersion(stat.getVersion())
                    .forPath(paths.epoch(shard), next.toString().getBytes(StandardCharsets.UTF_8));
            try {
                client.transaction().forOperations(own, raise);
                return Optional.of(new ShardLease(shard, next));
            } catch (KeeperException.NodeExistsException | KeeperException.BadVersionException e) {
                return Optional.<ShardLease>empty();
            }
        });
    }

    /** Deletes the owner node if it is this session's. */
    void giveBack(ShardId shard, long session) throws IOException {
        ask("take back shard " + shard, () -> {
            Stat owner = client.checkExists().forPath(paths.owner(shard));
            if (owner == null || owner.getEphemeralOwner() != session) {
                return false;
            }
            try {
                client.delete().withVersion(owner.getVersion()).forPath(paths.owner(shard));
                return true;
            } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
                return false;
            }
        });
    }
}
