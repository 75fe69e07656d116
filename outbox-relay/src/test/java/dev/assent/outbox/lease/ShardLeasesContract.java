package dev.assent.outbox.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.ShardLeases;
import dev.assent.outbox.testing.Await;
import dev.assent.outbox.testing.Link;
import dev.assent.outbox.testing.Parts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.curator.test.InstanceSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What leases promise on any ensemble; once for Apache ZooKeeper's and once for our own. */
@ExtendWith(Parts.class)
abstract class ShardLeasesContract {
    private static final int SHARDS = 6;
    private static final Duration SESSION = Duration.ofSeconds(10);
    /** Of an instance that is to lose it. */
    private static final Duration SHORT_SESSION = Duration.ofSeconds(2);

    private final String relay = "relay-" + UUID.randomUUID();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final String connect;

    ShardLeasesContract(String connect) {
        this.connect = connect;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** Notes what it is granted, gives back what it is asked for. */
    private static final class Instance implements ShardLeases.Listener, AutoCloseable {
        final ZnodeShardLeases leases;
        final Set<ShardLease> held = ConcurrentHashMap.newKeySet();
        final Set<ShardLease> lost = ConcurrentHashMap.newKeySet();

        Instance(String connect, String relay, String name, Duration session) {
            leases = new ZnodeShardLeases(new LeaseSettings(connect, relay, name, session, Optional.empty()));
        }

        @Override
        public void granted(ShardLease lease) {
            held.add(lease);
        }

        @Override
        public void revoked(ShardLease lease, ShardLeases.Revocation why) {
            held.remove(lease);
            if (why == ShardLeases.Revocation.LOST) {
                lost.add(lease);
            } else {
                leases.relinquish(lease, lease.epoch());
            }
        }

        long epochSum() {
            return held.stream().mapToLong(lease -> lease.epoch().number()).sum();
        }

        @Override
        public void close() throws IOException {
            leases.close();
        }
    }

    private Instance join(String name) throws IOException {
        return join(name, connect, SESSION);
    }

    private Instance join(String name, String through, Duration session) throws IOException {
        Instance instance = new Instance(through, relay, name, session);
        open.add(0, instance);
        instance.leases.start(SHARDS, instance);
        return instance;
    }

    @Test
    void one_instance_gets_every_shard_and_two_share_them_evenly() throws Exception {
        Instance one = join("one");
        Await.until("one has all", () -> one.held.size() == SHARDS);

        Instance two = join("two");
        Await.until("they share", () -> one.held.size() == 3 && two.held.size() == 3);

        Set<Integer> shards = new TreeSet<>();
        one.held.forEach(lease -> shards.add(lease.shard().number()));
        two.held.forEach(lease -> shards.add(lease.shard().number()));
        assertThat(shards).hasSize(SHARDS);
        assertThat(two.held).allSatisfy(lease -> assertThat(lease.epoch()).isEqualTo(new ShardEpoch(2)));
    }

    @Test
    void a_survivor_takes_over_with_larger_epochs() throws Exception {
        Instance one = join("one");
        Instance two = join("two");
        Await.until("they share", () -> one.held.size() == 3 && two.held.size() == 3);
        List<ShardLease> before = List.copyOf(two.held);

        two.close();
        Await.until("one has all", () -> one.held.size() == SHARDS);

        assertThat(before).allSatisfy(old -> assertThat(one.held).anySatisfy(now -> {
            assertThat(now.shard()).isEqualTo(old.shard());
            assertThat(now.epoch()).isGreaterThan(old.epoch());
        }));
    }

    @Test
    void an_instance_without_the_store_is_told_of_its_loss_and_begins_anew_when_it_is_back() throws Exception {
        Link link = new Link(Integer.parseInt(connect.substring(connect.indexOf(':') + 1)));
        open.add(0, link);
        Instance one = join("one", "127.0.0.1:" + link.port(), SHORT_SESSION);
        Await.until("one has all", () -> one.held.size() == SHARDS);
        long epochs = one.epochSum();

        link.cut();
        Await.until("one has lost all", () -> one.lost.size() == SHARDS && one.held.isEmpty());
        link.mend();
        Await.until("one has all again", () -> one.held.size() == SHARDS);

        assertThat(one.epochSum()).isGreaterThanOrEqualTo(epochs + SHARDS);
    }

    @Test
    void a_lease_given_back_is_granted_again_above_every_epoch_seen() throws Exception {
        Instance one = join("one");
        Await.until("one has all", () -> one.held.size() == SHARDS);
        ShardLease lease = one.held.iterator().next();

        one.held.remove(lease);
        one.leases.relinquish(lease, new ShardEpoch(41));
        Await.until("one has all again", () -> one.held.size() == SHARDS);

        assertThat(one.held).contains(new ShardLease(lease.shard(), new ShardEpoch(42)));
    }

    @Test
    void a_shard_that_one_cannot_serve_goes_to_another_beyond_its_share() throws Exception {
        Instance one = join("one");
        Instance two = join("two");
        Await.until("they share", () -> one.held.size() == 3 && two.held.size() == 3);
        ShardLease lease = one.held.iterator().next();

        Await.until("two is seen", () -> one.leases.offer(lease));
        one.held.remove(lease);
        one.leases.relinquish(lease, lease.epoch());
        Await.until("two has it", () -> two.held.stream()
                .anyMatch(held -> held.shard().equals(lease.shard())));

        assertThat(one.held).hasSize(2).allSatisfy(kept -> assertThat(kept.epoch())
                .isEqualTo(new ShardEpoch(1)));
        assertThat(two.held).hasSize(4);
    }

    @Test
    void an_instance_alone_has_nobody_to_offer_a_shard_to() throws Exception {
        Instance one = join("one");
        Await.until("one has all", () -> one.held.size() == SHARDS);

        assertThat(one.leases.offer(one.held.iterator().next())).isFalse();
    }

    @Test
    void a_second_instance_of_the_same_name_waits_for_the_first_to_end() throws Exception {
        Instance one = join("one");
        Await.until("one has all", () -> one.held.size() == SHARDS);
        Instance namesake = join("one");

        one.close();
        Await.until("the namesake has all", () -> namesake.held.size() == SHARDS);

        assertThat(namesake.held).allSatisfy(lease -> assertThat(lease.epoch()).isEqualTo(new ShardEpoch(2)));
    }

    @Test
    void an_ensemble_that_does_not_answer_is_named() {
        String nowhere = "127.0.0.1:" + InstanceSpec.getRandomPort();

        assertThatThrownBy(() -> join("one", nowhere, SHORT_SESSION))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nowhere)
                .hasMessageContaining("coordination.connect");
    }
}
