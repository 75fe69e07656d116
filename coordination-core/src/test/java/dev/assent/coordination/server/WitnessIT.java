package dev.assent.coordination.server;

import static dev.assent.coordination.server.TestClient.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients on all servers write and read a few znodes while servers are killed; afterwards what they were told is held
 * against the store's own word, versions and zxids: one history, which agrees with real time for writes and with each
 * client's own order for reads.
 */
@Timeout(240)
final class WitnessIT {
    private static final int CLIENTS = 6;
    private static final int ZNODES = 3;
    private static final int SEEN_MIN = 1_500;

    @TempDir
    Path directory;

    /** What one client was told of one znode by one answer. */
    private record Seen(
            int client,
            boolean write,
            String path,
            String value,
            int version,
            long mzxid,
            long fromNanos,
            long toNanos) {}

    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicBoolean going = new AtomicBoolean(true);

    private interface Trouble {
        void make(TestEnsemble ensemble) throws Exception;
    }

    @Test
    void what_clients_were_told_through_kills_is_one_history() throws Exception {
        witness("", ensemble -> {
            killAndRestart(ensemble, ensemble.leader());
            killAndRestart(ensemble, ensemble.follower());
            killAndRestart(ensemble, ensemble.leader());
        });
    }

    @Test
    void a_leader_that_slept_and_wakes_contradicts_nobody() throws Exception {
        witness("tickTime=500\ninitLimit=10\nsyncLimit=2\n", ensemble -> {
            int sleeper = ensemble.leader();
            awaitMore();
            ensemble.server(sleeper).pause();
            awaitMore();
            ensemble.server(sleeper).resume();
            awaitMore();
        });
    }

    private void witness(String settings, Trouble trouble) throws Exception {
        try (TestEnsemble ensemble = TestEnsemble.start(directory, 3, 0, settings)) {
            List<TestClient> clients = new ArrayList<>();
            CountDownLatch ended = new CountDownLatch(CLIENTS);
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(TestClient.connect(ensemble.connect()));
                }
                for (int i = 0; i < ZNODES; i++) {
                    clients.get(0)
                            .zk()
                            .create("/z" + i, bytes("-"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                }
                for (int i = 0; i < CLIENTS; i++) {
                    int number = i;
                    new Thread(() -> work(number, clients.get(number), ended)).start();
                }
                trouble.make(ensemble);
            } finally {
                going.set(false);
                assertThat(ended.await(120, TimeUnit.SECONDS)).isTrue();
                clients.forEach(TestClient::close);
            }
        }
        System.out.printf(
                "%d answers witnessed, %d of them writes; %d requests lost their connection%n",
                seen.size(), writes(List.copyOf(seen)).size(), unknown.get());
        for (int i = 0; i < ZNODES; i++) {
            String path = "/z" + i;
            List<Seen> here =
                    seen.stream().filter(answer -> answer.path().equals(path)).toList();
            every_version_has_one_value_and_one_zxid_in_the_same_order(here);
            writes_agree_with_real_time(here);
            each_client_goes_forward_only(here);
        }
    }

    private void killAndRestart(TestEnsemble ensemble, int victim) throws Exception {
        awaitMore();
        ensemble.server(victim).kill();
        awaitMore();
        ensemble.server(victim).start();
        ensemble.server(victim).awaitServing();
    }

    private void awaitMore() throws InterruptedException {
        int wanted = seen.size() + SEEN_MIN;
        CountDownLatch never = new CountDownLatch(1);
        while (seen.size() < wanted) {
            assertThat(never.await(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private void work(int number, TestClient client, CountDownLatch ended) {
        SplittableRandom random = new SplittableRandom(number);
        try {
            for (int i = 0; going.get(); i++) {
                String path = "/z" + random.nextInt(ZNODES);
                String value = number + "." + i;
                boolean write = random.nextInt(3) == 0;
                long from = System.nanoTime();
                try {
                    Stat stat = new Stat();
                    String told = value;
                    if (write) {
                        stat = client.zk().setData(path, bytes(value), -1);
                    } else {
                        told = TestClient.text(client.zk().getData(path, false, stat));
                    }
                    seen.add(new Seen(
                            number, write, path, told, stat.getVersion(), stat.getMzxid(), from, System.nanoTime()));
                } catch (KeeperException.ConnectionLossException e) {
                    // A write may have happened or not; what others read will tell.
                    unknown.incrementAndGet();
                }
            }
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            ended.countDown();
        }
    }

    private static List<Seen> writes(List<Seen> answers) {
        return answers.stream().filter(Seen::write).toList();
    }

    private static void every_version_has_one_value_and_one_zxid_in_the_same_order(List<Seen> answers) {
        List<Seen> byVersion =
                answers.stream().sorted(Comparator.comparingInt(Seen::version)).toList();
        Map<String, Integer> versionOf = new HashMap<>();
        for (int i = 0; i < byVersion.size(); i++) {
            Seen answer = byVersion.get(i);
            assertThat(versionOf.computeIfAbsent(answer.value(), first -> answer.version()))
                    .as("a value is written once: %s", answer)
                    .isEqualTo(answer.version());
            if (i > 0) {
                Seen before = byVersion.get(i - 1);
                boolean same = before.version() == answer.version();
                assertThat(before.value().equals(answer.value()) && before.mzxid() == answer.mzxid())
                        .as("%s and %s", before, answer)
                        .isEqualTo(same);
                assertThat(before.mzxid()).isLessThanOrEqualTo(answer.mzxid());
            }
        }
    }

    /** A write that was answered before another one was asked for comes before it. */
    private static void writes_agree_with_real_time(List<Seen> answers) {
        List<Seen> byVersion = writes(answers).stream()
                .sorted(Comparator.comparingInt(Seen::version))
                .toList();
        long latestStart = Long.MIN_VALUE;
        for (Seen write : byVersion) {
            assertThat(latestStart)
                    .as("a later write had been asked for after %s was answered", write)
                    .isLessThan(write.toNanos());
            latestStart = Math.max(latestStart, write.fromNanos());
        }
    }

    private static void each_client_goes_forward_only(List<Seen> answers) {
        Map<Integer, Seen> last = new HashMap<>();
        answers.stream().sorted(Comparator.comparingLong(Seen::fromNanos)).forEach(answer -> {
            Seen before = last.put(answer.client(), answer);
            if (before != null) {
                assertThat(answer.version()).as("%s then %s", before, answer).isGreaterThanOrEqualTo(before.version());
            }
        });
    }
}
