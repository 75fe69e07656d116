package dev.assent.outbox.policy;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which live instance should own which shard: each shard ranks the instances by a hash, and takes the first that has
 * room. Every instance computes the same answer from the same members; shares differ by at most one, and few shards
 * move when a member comes or goes. A member that cannot serve a shard declines it, and it goes to another, beyond its equal
 * share. Being wrong for a moment is harmless: ownership itself is decided in the znode
 * store.
 */
public final class ShardSpread {
    private ShardSpread() {}

    /**
     * The shards that {@code instance} should own; none if it is not a member.
     *
     * @param declined by member, the shards that it cannot serve now
     */
    public static SortedSet<ShardId> shardsOf(
            String instance, SortedMap<String, SortedSet<ShardId>> declined, int shards) {
        SortedSet<ShardId> mine = new TreeSet<>();
        assign(declined, shards).forEach((shard, owner) -> {
            if (owner.equals(instance)) {
                mine.add(shard);
            }
        });
        return mine;
    }

    static SortedMap<ShardId, String> assign(SortedMap<String, SortedSet<ShardId>> declined, int shards) {
        SortedMap<ShardId, String> owners = new TreeMap<>();
        if (declined.isEmpty()) {
            return owners;
        }
        int share = shards / declined.size();
        int larger = shards % declined.size();
        SortedMap<String, Integer> held = new TreeMap<>();
        for (int number = 0; number < shards; number++) {
            ShardId shard = new ShardId(number);
            for (String member : ranked(declined.keySet(), shard)) {
                int count = held.getOrDefault(member, 0);
                boolean takesOneMore = count == share && larger > 0;
                if (count < share || takesOneMore) {
                    larger -= takesOneMore ? 1 : 0;
                    held.put(member, count + 1);
                    owners.put(shard, member);
                    break;
                }
            }
        }
        moveWhatIsDeclined(owners, held, declined);
        return owners;
    }

    /** Nothing else moves: whoever cannot serve a shard is not given another in exchange. */
    private static void moveWhatIsDeclined(
            SortedMap<ShardId, String> owners,
            SortedMap<String, Integer> held,
            SortedMap<String, SortedSet<ShardId>> declined) {
        owners.replaceAll((shard, owner) -> {
            if (!declines(declined, owner, shard)) {
                return owner;
            }
            // What nobody is willing to take its owner must try all the same.
            String heir = ranked(declined.keySet(), shard).stream()
                    .filter(member -> !declines(declined, member, shard))
                    .min(Comparator.comparingInt(member -> held.getOrDefault(member, 0)))
                    .orElse(owner);
            held.merge(heir, 1, Integer::sum);
            return heir;
        });
    }

    private static boolean declines(SortedMap<String, SortedSet<ShardId>> declined, String member, ShardId shard) {
        SortedSet<ShardId> some = declined.get(member);
        return some != null && some.contains(shard);
    }

    private static List<String> ranked(Set<String> members, ShardId shard) {
        List<String> ranked = new ArrayList<>(members);
        ranked.sort(Comparator.comparingLong((String member) -> KeyHash.of(new MessageKey(shard + "@" + member)))
                .thenComparing(Comparator.naturalOrder()));
        return ranked;
    }
}
