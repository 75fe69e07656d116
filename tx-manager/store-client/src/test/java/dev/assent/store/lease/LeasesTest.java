package dev.assent.store.lease;

import static dev.assent.tx.testing.Eventually.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.store.Deadline;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.testing.ApacheZooKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights and drains; what the outbox relies on besides is its contract. */
class LeasesTest {
    private static final int SHARDS = 8;
    private static final LeaseTree TREE = new NumberedEpochs(List.of("/parts"), "/parts/shop");

    /** Sessions outlive the test, so that nothing changes hands by their end. */
    private static final Duration SESSION = Duration.ofSeconds(60);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private ApacheZooKeeper server;
    private final List<Holder> holders = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new ApacheZooKeeper(folder);
    }

    @AfterEach
    void stop() throws IOException {
        for (Holder holder : holders) {
            holder.leases.close();
            holder.session.close();
        }
        server.close();
    }

    /** Holds what it is granted; gives back what it is asked for, unless it is told to keep it. */
    private static final class Holder implements LeaseListener {
        final Map<Integer, Long> held = new ConcurrentHashMap<>();
        final StoreSession session;
        final Leases leases;
        volatile boolean keeps;

        Holder(String connect, String name, int weight) throws IOException {
            session = StoreSession.open(StoreConfig.of(connect).withSessionTimeout(SESSION));
            leases = Leases.start(session, TREE, new Membership(name, weight, SHARDS), this);
        }

        @Override
        public void granted(Lease lease) {
            held.put(lease.shard(), lease.epoch());
        }

        @Override
        public void revoked(Lease lease, Revocation why) {
            if (!keeps) {
                held.remove(lease.shard(), lease.epoch());
                leases.relinquish(lease, lease.epoch());
            }
        }
    }

    private Holder join(String name, int weight) throws IOException {
        Holder holder = new Holder(server.connectString(), name, weight);
        holders.add(0, holder);
        return holder;
    }

    @Test
    void the_heavier_has_more() throws Exception {
        Holder light = join("light", 1);
        soon("alone it has all", () -> light.held.size() == SHARDS);

        Holder heavy = join("heavy", 3);

        soon("they share by weight", () -> light.held.size() == 2 && heavy.held.size() == 6);
    }

    @Test
    void who_drains_hands_everything_over_while_its_session_lives_on() throws Exception {
        Holder leaving = join("leaving", 1);
        Holder staying = join("staying", 1);
        soon("they share", () -> leaving.held.size() == 4 && staying.held.size() == 4);
        Map<Integer, Long> before = Map.copyOf(leaving.held);

        assertThat(leaving.leases.drain(Deadline.in(LIMIT))).isTrue();
        soon("the other has all", () -> staying.held.size() == SHARDS);

        assertThat(leaving.held).isEmpty();
        assertThat(leaving.session.isConnected()).isTrue();
        assertThat(before).allSatisfy((shard, epoch) -> assertThat(staying.held.get(shard))
                .isGreaterThan(epoch));
    }

    @Test
    void a_drain_does_not_wait_longer_than_it_may() throws Exception {
        Holder stubborn = join("stubborn", 1);
        soon("it has all", () -> stubborn.held.size() == SHARDS);
        stubborn.keeps = true;

        assertThat(stubborn.leases.drain(Deadline.in(Duration.ofMillis(300)))).isFalse();
    }
}
