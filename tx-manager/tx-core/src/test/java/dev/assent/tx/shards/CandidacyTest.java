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
}
