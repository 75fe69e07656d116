package dev.assent.spread;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Spreads shards in proportion to weights, starting from who holds them, and moves as few as that takes. */
public final class StickySpread {
    private StickySpread() {}

    /**
     * Who should hold each shard; empty when there is nobody.
     *
     * @param weights of those who can hold shards
     * @param holders of the shards; who is not among those who can is not kept, and may be anything
     */
    public static SortedMap<Integer, String> targets(
            SortedMap<String, Integer> weights, SortedMap<Integer, String> holders) {
        SortedMap<Integer, String> targets = new TreeMap<>();
        if (weights.isEmpty()) {
            return targets;
        }
        SortedMap<String, Integer> left = quotas(weights, holders);
        List<Integer> homeless = new ArrayList<>();
        holders.forEach((shard, holder) -> {
            int room = left.getOrDefault(holder, 0);
            if (room > 0) {
                targets.put(shard, holder);
                left.put(holder, room - 1);
            } else {
                homeless.add(shard);
            }
        });
        for (int shard : homeless) {
            String neediest = neediest(left);
            targets.put(shard, neediest);
            left.merge(neediest, -1, Integer::sum);
        }
        return targets;
    }

    private static String neediest(SortedMap<String, Integer> left) {
        return left.entrySet().stream()
                .max(Comparator.comparingInt(Map.Entry<String, Integer>::getValue)
                        .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
                .orElseThrow()
                .getKey();
    }

    /** By largest remainders; of equals the one that holds more now, so that nothing moves for a remainder's sake. */
    private static SortedMap<String, Integer> quotas(
            SortedMap<String, Integer> weights, SortedMap<Integer, String> holders) {
        Shares shares = new Shares(weights, holders.size());
        SortedMap<String, Integer> quotas = shares.whole();
        SortedMap<String, Integer> held = new TreeMap<>();
        holders.values().forEach(holder -> held.merge(holder, 1, Integer::sum));
        shares.remainders().entrySet().stream()
                .sorted(Comparator.comparingLong(Map.Entry<String, Long>::getValue)
                        .thenComparing(node -> held.getOrDefault(node.getKey(), 0))
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .limit(shares.left())
                .forEach(node -> quotas.merge(node.getKey(), 1, Integer::sum));
        return quotas;
    }
}
