package dev.assent.tx.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many candidates over one store, by seeds; what is planted must be noticed. */
class ShardSimulationTest {
    private static final int SEEDS = 5;
    private static final Candidacy.Limits LIMITS = Candidacy.Limits.DEFAULT;
    private static final long PAUSE_COUNTED = 200;
    /** Of one shard, away from the living. Each node counts what it sees; two moves between two looks are one to it. */
    private static final long MOVES_MAX = 2L * LIMITS.movesMax();

    private static SimCluster settled(long seed, Candidacy.Limits limits, long pauseCounted) {
        SimCluster cluster = new SimCluster(seed, limits, pauseCounted);
        cluster.start();
        cluster.start();
        cluster.start();
        cluster.pass(5_000);
        return cluster;
    }

    private static void assertSpread(SimCluster cluster) {
        assertThat(cluster.led()).isEqualTo(SimCluster.SHARDS);
        assertThat(cluster.nodes()).allSatisfy(node -> assertThat(cluster.heldBy(node))
                .isBetween(
                        (long) SimCluster.SHARDS / cluster.nodes().size(),
                        (long) SimCluster.SHARDS / cluster.nodes().size() + 1));
    }

    @Test
    void nodes_share_all_shards_from_the_start_and_then_rest() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            assertSpread(cluster);
            SortedMap<Integer, ShardBoard.Holding> before = cluster.holdings();

            cluster.pass(20_000);

            assertThat(cluster.holdings()).isEqualTo(before);
        }
    }

    @Test
    void a_killed_nodes_shards_are_led_again_within_400_ms() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            cluster.kill(cluster.nodes().get(1));

            cluster.pass(400);

            assertThat(cluster.led()).as("seed %d", seed).isEqualTo(SimCluster.SHARDS);
        }
    }

    @Test
    void each_of_many_kills_in_a_row_costs_no_more_than_the_first() {
        // The first node lives through all of it, and has counted everything.
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            for (int kill = 0; kill < 40; kill++) {
                cluster.kill(cluster.nodes().get(1 + cluster.random().nextInt(2)));
                cluster.pass(400);
                assertThat(cluster.led()).as("seed %d, kill %d", seed, kill).isEqualTo(SimCluster.SHARDS);
                cluster.start();
                cluster.pass(1_000);
            }
        }
    }

    @Test
    void a_frozen_nodes_shards_are_led_again_within_2_s_and_it_fights_for_none_when_it_wakes() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            SimCluster.Node victim = cluster.nodes().get(2);
            victim.frozen = true;
            cluster.pass(1_600);
            assertThat(cluster.led()).as("seed %d", seed).isEqualTo(SimCluster.SHARDS);
            int moves = movesIn(cluster);
            cluster.pass(3_000);

            victim.frozen = false;
            cluster.pass(5_000);

            assertThat(movesIn(cluster)).as("seed %d", seed).isEqualTo(moves);
            assertSpread(cluster);
        }
    }

    private static int movesIn(SimCluster cluster) {
        return cluster.robberies.size();
    }

    @Test
    void a_node_that_leaves_hands_over_everything_and_nothing_that_is_under_way() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            SimCluster.Node leaver = cluster.nodes().get(0);
            leaver.leaving = true;

            cluster.pass(3_000);

            assertThat(cluster.heldBy(leaver)).isZero();
            assertThat(cluster.led()).isEqualTo(SimCluster.SHARDS);
            assertThat(cluster.robberies).isEmpty();
        }
    }

    @Test
    void nodes_that_cannot_hear_each_other_come_to_rest() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThat(movesOfAQuarrel(settled(seed, LIMITS, PAUSE_COUNTED)))
                    .as("seed %d", seed)
                    .isBetween(1L, MOVES_MAX);
        }
    }

    @Test
    void without_a_bound_they_would_not() {
        Candidacy.Limits planted = new Candidacy.Limits(
                LIMITS.stragglerMillis(), LIMITS.suspectedMillis(), 1_000_000, LIMITS.windowMillis());

        assertThat(movesOfAQuarrel(settled(1, planted, PAUSE_COUNTED))).isGreaterThan(MOVES_MAX);
    }

    @Test
    void nor_would_they_if_who_was_robbed_went_on_as_somebody_else() {
        long most = LongStream.rangeClosed(1, 2L * SEEDS)
                .map(seed -> {
                    SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
                    cluster.renames = true;
                    return movesOfAQuarrel(cluster);
                })
                .max()
                .orElseThrow();

        assertThat(most).isGreaterThan(MOVES_MAX + LIMITS.movesMax());
    }

    private static long movesOfAQuarrel(SimCluster cluster) {
        cluster.cut(cluster.nodes().get(0), cluster.nodes().get(1));
        cluster.pass(130_000);
        return cluster.movesFromTheLiving(LIMITS.windowMillis());
    }

    @Test
    void whoever_counted_its_own_pauses_would_rob_the_others() {
        SimCluster cluster = settled(1, LIMITS, Long.MAX_VALUE);
        SimCluster.Node sleeper = cluster.nodes().get(0);
        sleeper.frozen = true;
        cluster.pass(3_000);
        int moves = movesIn(cluster);
        // What it hears first is its own clock.
        sleeper.suspicion.step(new PeerInput.Ticked(cluster.now));

        assertThat(sleeper.suspicion.suspected()).isNotEmpty();
        assertThat(moves).isPositive();
    }

    @Test
    void after_any_faults_the_shards_are_spread_again_and_rest() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = settled(seed, LIMITS, PAUSE_COUNTED);
            for (int fault = 0; fault < 8; fault++) {
                strike(cluster);
                cluster.pass(200 + cluster.random().nextInt(4_000));
            }
            cluster.heal();
            while (cluster.nodes().size() < 3) {
                cluster.start();
            }
            cluster.pass(70_000);
            SortedMap<Integer, ShardBoard.Holding> before = cluster.holdings();

            assertThat(cluster.violations).as("seed %d", seed).isEmpty();
            assertSpread(cluster);
            // Who is started anew does not know what was before.
            assertThat(cluster.movesFromTheLiving(LIMITS.windowMillis()))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(MOVES_MAX + LIMITS.movesMax());
            assertThat(cluster.movesFromOneOfTheDead()).as("seed %d", seed).isLessThanOrEqualTo(1);
            cluster.pass(5_000);
            assertThat(cluster.holdings()).isEqualTo(before);
        }
    }

    private static void strike(SimCluster cluster) {
        List<SimCluster.Node> nodes = cluster.nodes();
        SimCluster.Node one = nodes.get(cluster.random().nextInt(nodes.size()));
        SimCluster.Node other = nodes.get(cluster.random().nextInt(nodes.size()));
        switch (cluster.random().nextInt(5)) {
            case 0 -> one.frozen = true;
            case 1 -> cluster.cut(one, other);
            case 2 -> {
                cluster.kill(one);
                cluster.start();
            }
            case 3 -> {
                if (nodes.size() > 2) {
                    cluster.kill(one);
                }
            }
            default -> cluster.heal();
        }
    }
}
