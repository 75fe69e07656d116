package dev.assent.spread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class RankedSpreadTest {
    private record Member(String name, int weight, SortedSet<Integer> declined) implements RankedSpread.Candidate {
        @Override
        public boolean declines(int shard) {
            return declined.contains(shard);
        }
    }

    private static SortedMap<String, Member> members(int count) {
        SortedMap<String, Member> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            put(members, "relay-" + i, 1);
        }
        return members;
    }

    @Test
    void every_shard_has_one_owner_and_shares_differ_by_at_most_one() {
        for (int shards : List.of(1, 7, 8, 64)) {
            for (int count = 1; count <= 9; count++) {
                SortedMap<String, Member> members = members(count);

                IntSummaryStatistics shares = members.keySet().stream()
                        .mapToInt(member ->
                                RankedSpread.shardsOf(member, members, shards).size())
                        .summaryStatistics();

                assertThat(shares.getSum()).isEqualTo(shards);
                assertThat(shares.getMax() - shares.getMin()).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void nobody_but_members_owns_anything() {
        assertThat(RankedSpread.shardsOf("stranger", members(2), 8)).isEmpty();
        assertThat(RankedSpread.shardsOf("stranger", new TreeMap<>(), 8)).isEmpty();
    }

    @Test
    void what_a_member_declines_others_take_beyond_their_shares() {
        SortedMap<String, Member> members = members(3);
        for (int number = 0; number < 8; number++) {
            of(members, "relay-0").add(number);
        }

        assertThat(RankedSpread.shardsOf("relay-0", members, 8)).isEmpty();
        assertThat(RankedSpread.assign(members, 8)).hasSize(8);
    }

    @Test
    void what_a_member_declines_moves_and_nothing_else_does() {
        SortedMap<String, Member> members = members(2);
        SortedMap<Integer, String> before = RankedSpread.assign(members, 8);
        int first = RankedSpread.shardsOf("relay-0", members, 8).first();
        of(members, "relay-0").add(first);

        SortedMap<Integer, String> after = RankedSpread.assign(members, 8);

        assertThat(after.remove(first)).isEqualTo("relay-1");
        before.remove(first);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void what_everybody_declines_somebody_has_all_the_same() {
        SortedMap<String, Member> members = members(2);
        members.values().forEach(member -> member.declined().add(3));

        assertThat(RankedSpread.assign(members, 8)).hasSize(8).containsKey(3);
    }

    private static SortedSet<Integer> of(SortedMap<String, Member> members, String member) {
        return members.computeIfAbsent(member, none -> new Member(member, 1, new TreeSet<>()))
                .declined();
    }

    private static void put(SortedMap<String, Member> members, String name, int weight) {
        members.put(name, new Member(name, weight, new TreeSet<>()));
    }

    @Test
    void shares_are_in_proportion_to_weights() {
        SortedMap<String, Member> members = new TreeMap<>();
        put(members, "light", 1);
        put(members, "heavy", 3);
        put(members, "leaving", 0);

        for (int shards : List.of(1, 5, 8, 64)) {
            int heavy = RankedSpread.shardsOf("heavy", members, shards).size();
            int light = RankedSpread.shardsOf("light", members, shards).size();

            assertThat(heavy + light).isEqualTo(shards);
            assertThat(heavy).isBetween(3 * shards / 4, 3 * shards / 4 + 1);
        }
    }

    @Test
    void members_without_weight_have_what_nobody_else_can() {
        SortedMap<String, Member> members = new TreeMap<>();
        put(members, "a", 0);
        put(members, "b", 0);

        assertThat(RankedSpread.shardsOf("a", members, 8)).hasSize(4);
        put(members, "c", 1);
        of(members, "c").add(5);

        assertThat(RankedSpread.shardsOf("c", members, 8)).hasSize(7).doesNotContain(5);
    }

    @Test
    void a_departure_moves_less_than_half_of_the_shards_that_had_no_need_to() {
        SortedMap<Integer, String> before = RankedSpread.assign(members(4), 64);
        SortedMap<Integer, String> after = RankedSpread.assign(members(3), 64);

        long moved = before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals("relay-3"))
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();

        assertThat(moved).isLessThan(24);
    }
}
