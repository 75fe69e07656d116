package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Curator's recipes on three servers. */
@Timeout(240)
final class CuratorIT {
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path directory;

    private TestEnsemble ensemble;
    private final List<CuratorFramework> curators = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // The ensemble is started before each test.
    CuratorIT() {}

    @BeforeEach
    void start() throws Exception {
        ensemble = TestEnsemble.start(directory, 3);
    }

    @AfterEach
    void stop() throws Exception {
        curators.forEach(CuratorFramework::close);
        ensemble.close();
    }

    private CuratorFramework curator(String connect) {
        CuratorFramework curator = CuratorFrameworkFactory.newClient(connect, 6_000, 10_000, new RetryForever(100));
        curator.start();
        curators.add(curator);
        return curator;
    }

    @Test
    void recipes_work_across_servers() throws Exception {
        leader_latch_passes_on();
        mutex_excludes();
        cache_sees_everything_and_persistent_node_comes_back();
    }

    private void leader_latch_passes_on() throws Exception {
        LeaderLatch first = new LeaderLatch(curator(ensemble.connect(1)), "/latch");
        first.start();
        assertThat(first.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        LeaderLatch second = new LeaderLatch(curator(ensemble.connect(2)), "/latch");
        second.start();
        first.close();

        assertThat(second.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        second.close();
    }

    private void mutex_excludes() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(3);
        for (int id = 1; id <= 3; id++) {
            InterProcessMutex mutex = new InterProcessMutex(curator(ensemble.connect(id)), "/mutex");
            Thread thread = new Thread(() -> lockTenTimes(mutex, inside, together, done));
            thread.start();
        }

        assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(together).hasValue(0);
    }

    private static void lockTenTimes(
            InterProcessMutex mutex, AtomicInteger inside, AtomicInteger together, CountDownLatch done) {
        try {
            for (int i = 0; i < 10; i++) {
                mutex.acquire();
                if (inside.incrementAndGet() > 1) {
                    together.incrementAndGet();
                }
                inside.decrementAndGet();
                mutex.release();
            }
            done.countDown();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void cache_sees_everything_and_persistent_node_comes_back() throws Exception {
        CuratorFramework owner = curator(ensemble.connect(ensemble.follower()));
        CuratorFramework watcher = curator(ensemble.connect(ensemble.leader()));
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (CuratorCache cache = CuratorCache.build(watcher, "/cached")) {
            cache.listenable()
                    .addListener(CuratorCacheListener.builder()
                            .forAll((type, before, after) ->
                                    seen.add(type + " " + (after == null ? before.getPath() : after.getPath())))
                            .build());
            cache.start();
            owner.create().creatingParentsIfNeeded().forPath("/cached/a", new byte[] {1});
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_CREATED /cached");
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_CREATED /cached/a");
            owner.setData().forPath("/cached/a", new byte[] {2});
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_CHANGED /cached/a");
            owner.delete().forPath("/cached/a");
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_DELETED /cached/a");
            PersistentNode node =
                    new PersistentNode(owner, CreateMode.EPHEMERAL, false, "/cached/here", new byte[] {3});
            node.start();
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_CREATED /cached/here");
            watcher.delete().forPath("/cached/here");
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_DELETED /cached/here");
            assertThat(seen.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("NODE_CREATED /cached/here");
            node.close();
        }
    }
}
