package dev.assent.spread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StickySpreadTest {
    private static SortedMap<Integer, String> free(int shards) {
        SortedMap<Integer, String> holders = new TreeMap<>();
        for (int shard = 0; shard < shards; shard++) {
            holders.put(shard, "");
        }
        return holders;
    }

    private static int held(SortedMap<Integer, String> holders, String node) {
        return Collections.frequency(holders.values(), node);
    }

    private static long moved(SortedMap<Integer, String> before, SortedMap<Integer, String> after) {
        return before.entrySet().stream()
                .filter(shard -> !shard.getValue().equals(after.get(shard.getKey())))
                .count();
    }

    @Test
    void equals_hold_as_many_as_each_other() {
        SortedMap<Integer, String> targets =
                StickySpread.targets(new TreeMap<>(Map.of("a", 1, "b", 1, "c", 1)), free(16));

        assertThat(held(targets, "a")).isEqualTo(6);
        assertThat(held(targets, "b")).isEqualTo(5);
        assertThat(held(targets, "c")).isEqualTo(5);
    }

    @Test
    void who_weighs_twice_as_much_holds_twice_as_many() {
        SortedMap<Integer, String> targets =
                StickySpread.targets(new TreeMap<>(Map.of("a", 2, "b", 1, "c", 1)), free(16));

        assertThat(held(targets, "a")).isEqualTo(8);
    }

    @Test
    void a_dead_nodes_shards_move_and_no_others() {
        SortedMap<Integer, String> before =
                StickySpread.targets(new TreeMap<>(Map.of("a", 1, "b", 1, "c", 1)), free(15));

        SortedMap<Integer, String> after = StickySpread.targets(new TreeMap<>(Map.of("a", 1, "c", 1)), before);

        assertThat(moved(before, after)).isEqualTo(held(before, "b"));
        assertThat(Math.abs(held(after, "a") - held(after, "c"))).isLessThanOrEqualTo(1);
    }

    @Test
    void a_new_node_gets_its_share_and_nothing_else_moves() {
        SortedMap<Integer, String> before = StickySpread.targets(new TreeMap<>(Map.of("a", 1, "b", 1)), free(16));

        SortedMap<Integer, String> after = StickySpread.targets(new TreeMap<>(Map.of("a", 1, "b", 1, "c", 1)), before);

        assertThat(held(after, "c")).isEqualTo(5);
        assertThat(moved(before, after)).isEqualTo(5);
    }

    @Test
    void nobody_is_nobody() {
        assertThat(StickySpread.targets(new TreeMap<>(), free(4))).isEmpty();
    }

    @Test
    void it_rests_once_it_is_followed_and_everything_has_somebody() {
        SplittableRandom random = new SplittableRandom(7);
        SortedMap<Integer, String> holders = free(37);
        for (int change = 0; change < 2_000; change++) {
            SortedMap<String, Integer> weights = new TreeMap<>();
            for (int node = 0; node < 7; node++) {
                if (random.nextBoolean()) {
                    weights.put("n" + node, 1 + random.nextInt(5));
                }
            }
            SortedMap<Integer, String> targets = StickySpread.targets(weights, holders);

            if (!weights.isEmpty()) {
                assertThat(targets).hasSize(37);
                assertThat(weights.keySet()).containsAll(targets.values());
                assertThat(StickySpread.targets(weights, targets)).isEqualTo(targets);
                holders = targets;
            }
        }
    }
}
