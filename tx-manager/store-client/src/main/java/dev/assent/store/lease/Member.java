package dev.assent.store.lease;

import dev.assent.spread.RankedSpread;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A live member, as its znode says: {@code <name> weight 3 declines 1 4 7}, where weight 1 and no declined shards are not
 * written. Anything else, written by whomever, has weight 1 and declines nothing.
 *
 * @param declined shards that it cannot serve now
 */
record Member(String name, int weight, SortedSet<Integer> declined) implements RankedSpread.Candidate {
    static final int WEIGHT_MAX = 1_000;
    static final int SHARDS_MAX = 65_536;

    private static final String WEIGHT = "weight";
    private static final String DECLINES = "declines";
    private static final String NUMBER = "[0-9]{1,5}";

    String format() {
        String heavy = weight == 1 ? name : name + " " + WEIGHT + " " + weight;
        return declined.isEmpty()
                ? heavy
                : heavy + " " + DECLINES + " "
                        + declined.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    static Member parse(String name, String text) {
        int weight = 1;
        SortedSet<Integer> declined = new TreeSet<>();
        boolean declines = false;
        String before = "";
        for (String word : text.split(" ", -1)) {
            if (word.matches(NUMBER)) {
                int number = Integer.parseInt(word);
                if (declines && number < SHARDS_MAX) {
                    declined.add(number);
                } else if (before.equals(WEIGHT) && number <= WEIGHT_MAX) {
                    weight = number;
                }
            }
            declines |= word.equals(DECLINES);
            before = word;
        }
        return new Member(name, weight, declined);
    }

    @Override
    public boolean declines(int shard) {
        return declined.contains(shard);
    }
}
