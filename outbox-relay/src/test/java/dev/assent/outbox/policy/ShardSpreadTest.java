package dev.assent.outbox.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.outbox.model.ShardId;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ShardSpreadTest {
    private static SortedMap<String, SortedSet<ShardId>> members(int count) {
        SortedMap<String, SortedSet<ShardId>> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            members.put("relay-" + i, new TreeSet<>());
        }
        return members;
    }

    @Test
    void every_shard_has_one_owner_and_shares_differ_by_at_most_one() {
        for (int shards : List.of(1, 7, 8, 64)) {
            for (int count = 1; count <= 9; count++) {
                SortedMap<String, SortedSet<ShardId>> members = members(count);

                IntSummaryStatistics shares = members.keySet().stream()
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
        assertThat(ShardSpread.shardsOf("stranger", new TreeMap<>(), 8)).isEmpty();
    }

    @Test
    void what_a_member_declines_others_take_beyond_their_shares() {
        SortedMap<String, SortedSet<ShardId>> members = members(3);
        for (int number = 0; number < 8; number++) {
            of(members, "relay-0").add(new ShardId(number));
        }

        assertThat(ShardSpread.shardsOf("relay-0", members, 8)).isEmpty();
        assertThat(ShardSpread.assign(members, 8)).hasSize(8);
    }

    @Test
    void what_a_member_declines_moves_and_nothing_else_does() {
        SortedMap<String, SortedSet<ShardId>> members = members(2);
        SortedMap<ShardId, String> before = ShardSpread.assign(members, 8);
        ShardId first = ShardSpread.shardsOf("relay-0", members, 8).first();
        of(members, "relay-0").add(first);

        SortedMap<ShardId, String> after = ShardSpread.assign(members, 8);

        assertThat(after.remove(first)).isEqualTo("relay-1");
        before.remove(first);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void what_everybody_declines_somebody_has_all_the_same() {
        SortedMap<String, SortedSet<ShardId>> members = members(2);
        members.values().forEach(declined -> declined.add(new ShardId(3)));

        assertThat(ShardSpread.assign(members, 8)).hasSize(8).containsKey(new ShardId(3));
    }

    private static SortedSet<ShardId> of(SortedMap<String, SortedSet<ShardId>> members, String member) {
        return members.computeIfAbsent(member, none -> new TreeSet<>());
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
