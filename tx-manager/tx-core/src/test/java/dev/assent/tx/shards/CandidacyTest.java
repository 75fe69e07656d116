package dev.assent.tx.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CandidacyTest {
    private static final Candidacy.Limits LIMITS = new Candidacy.Limits(1_000, 100, 10, 60_000);
    private static final SortedSet<String> NOBODY = new TreeSet<>();
    private final Candidacy left = new Candidacy("left", LIMITS);

    /** Two shards, of which this node holds the first, and should not hold more than that. */
    private static ShardBoard board(String holderOfSecond, String... members) {
        SortedMap<String, ShardBoard.Member> there = new TreeMap<>();
        for (String member : members) {
            there.put(member, new ShardBoard.Member(member, "", 1, false));
        }
        SortedMap<Integer, ShardBoard.Holding> shards = new TreeMap<>();
        shards.put(0, new ShardBoard.Holding(1, "left", ShardBoard.Cause.FREE));
        shards.put(1, new ShardBoard.Holding(1, holderOfSecond, ShardBoard.Cause.FREE));
        return new ShardBoard(there, shards);
    }

    /** The second shard as the store shows it, in that version. */
    private static ShardBoard held(int version, String holder, ShardBoard.Cause cause, String... members) {
        ShardBoard board = board(holder, members);
        SortedMap<Integer, ShardBoard.Holding> shards = new TreeMap<>(board.shards());
        shards.put(1, new ShardBoard.Holding(version, holder, cause));
        return new ShardBoard(board.members(), shards);
    }

    /** One after the other holds the second shard and is taken over from; the last version. */
    private int deaths(int count, int version) {
        int last = version;
        for (int death = 0; death < count; death++) {
            String dead = "dead-" + last;
            SortedSet<String> suspected = new TreeSet<>(List.of(dead));
            var unused = takes(held(last, dead, ShardBoard.Cause.FREE, "left", dead), suspected, last * 100L);
            last++;
            unused = takes(held(last, "left", ShardBoard.Cause.SUSPICION, "left", dead), suspected, last * 100L);
            last += 2; // handed over to the next one
        }
        return last;
    }

    /** It is robbed of the second shard and robs back, so often; the last version. */
    private int quarrel(String other, int rounds, int version) {
        SortedSet<String> suspected = new TreeSet<>(List.of(other));
        int last = version;
        for (int round = 0; round < rounds; round++) {
            var unused = takes(held(last++, other, ShardBoard.Cause.SUSPICION, "left", other), suspected, last * 100L);
            unused = takes(held(last++, "left", ShardBoard.Cause.SUSPICION, "left", other), suspected, last * 100L);
        }
        return last;
    }

    private List<Step> takesFrom(String holder, int version) {
        ShardBoard board = held(version, holder, ShardBoard.Cause.SUSPICION, "left", holder);
        return takes(board, new TreeSet<>(List.of(holder)), version * 100L);
    }

    private List<Step> takes(ShardBoard board, SortedSet<String> suspected, long nowMillis) {
        return left.decide(board, suspected, false, nowMillis).stream()
                .filter(Step.Take.class::isInstance)
                .toList();
    }

    @Test
    void what_a_dead_node_held_is_taken_by_another_than_should_after_a_moment() {
        ShardBoard board = board("dead", "left", "right", "dead");
        SortedSet<String> suspected = new TreeSet<>(List.of("dead"));

        assertThat(takes(board, suspected, 0)).isEmpty();
        assertThat(takes(board, suspected, 99)).isEmpty();
        assertThat(takes(board, suspected, 100)).containsExactly(new Step.Take(1, 1, ShardBoard.Cause.SUSPICION));
    }

    @Test
    void what_was_handed_over_waits_longer_for_the_one_that_should_have_it() {
        ShardBoard board = board("", "left", "right");

        assertThat(takes(board, NOBODY, 0)).isEmpty();
        assertThat(takes(board, NOBODY, 999)).isEmpty();
        assertThat(takes(board, NOBODY, 1_000)).containsExactly(new Step.Take(1, 1, ShardBoard.Cause.FREE));
    }

    @Test
    void however_many_die_what_the_next_one_held_is_taken_over_on_suspicion() {
        int version = deaths(3 * LIMITS.movesMax(), 1);

        assertThat(takesFrom("dead-too", version)).hasSize(1);
    }

    @Test
    void who_takes_back_what_it_was_robbed_of_was_alive_and_is_robbed_so_often_only() {
        int version = quarrel("other", LIMITS.movesMax(), 1);

        assertThat(takesFrom("other", version)).isEmpty();
        assertThat(takes(
                        held(version, "other", ShardBoard.Cause.SUSPICION, "left", "other"),
                        new TreeSet<>(List.of("other")),
                        version * 100L + LIMITS.windowMillis()))
                .hasSize(1);
    }

    @Test
    void a_quarrel_of_others_does_not_keep_a_dead_nodes_shard() {
        int version = quarrel("other", LIMITS.movesMax(), 1);

        assertThat(takesFrom("dead", version)).hasSize(1);
    }

    @Test
    void who_is_heard_again_was_frozen_and_each_time_counts() {
        SortedSet<String> suspected = new TreeSet<>(List.of("sleeper"));
        int version = 1;
        for (int freeze = 0; freeze < LIMITS.movesMax(); freeze++) {
            assertThat(takes(
                            held(version, "sleeper", ShardBoard.Cause.FREE, "left", "sleeper"),
                            suspected,
                            version * 100L))
                    .as("freeze %d", freeze)
                    .hasSize(1);
            version++;
            // Awake, it gets back its share by a hand-over, which nobody counts.
            var unused =
                    takes(held(version, "left", ShardBoard.Cause.SUSPICION, "left", "sleeper"), NOBODY, version * 100L);
            version += 2;
        }

        assertThat(takes(held(version, "sleeper", ShardBoard.Cause.FREE, "left", "sleeper"), suspected, version * 100L))
                .isEmpty();
    }

    @Test
    void moves_that_were_not_seen_count_as_if_the_living_had_been_robbed() {
        SortedSet<String> suspected = new TreeSet<>(List.of("other"));
        int version = 1;
        for (int look = 0; look <= LIMITS.movesMax(); look++) {
            var unused = takes(
                    held(version, "other", ShardBoard.Cause.SUSPICION, "left", "other"), suspected, version * 100L);
            version += 2; // this node's own move, and the answer to it
        }

        assertThat(takesFrom("other", version)).isEmpty();
    }
}
