package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.ShardId;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ShardSpreadTest {
    private static SortedSet<String> members(int count) {
        SortedSet<String> members = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            members.add("relay-" + i);
        }
        return members;
    }

    @Test
    void every_shard_has_one_owner_and_shares_differ_by_at_most_one() {
        for (int shards : List.of(1, 7, 8, 64)) {
            for (int count = 1; count <= 9; count++) {
                SortedSet<String> members = members(count);

                IntSummaryStatistics shares = members.stream()
                        .mapToInt(member ->
                                ShardSpread.shardsOf(member, members, shards).size())
                        .summaryStatistics();

                assertThat(shares.getSum()).isEqualTo(shards);
                assertThat(shares.getMax() - shares.getMin()).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void nobody_but_members_owns_anything() {
        assertThat(ShardSpread.shardsOf("stranger", members(2), 8)).isEmpty();
        assertThat(ShardSpread.shardsOf("stranger", new TreeSet<>(), 8)).isEmpty();
    }

    @Test
    void a_departure_moves_less_than_half_of_the_shards_that_had_no_need_to() {
        SortedMap<ShardId, String> before = ShardSpread.assign(members(4), 64);
        SortedMap<ShardId, String> after = ShardSpread.assign(members(3), 64);

        long moved = before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals("relay-3"))
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();

        assertThat(moved).isLessThan(24);
    }
}
