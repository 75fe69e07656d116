package dev.assent.outbox.policy;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which live instance should own which shard: each shard ranks the instances by a hash, and takes the first that has
 * room. Every instance computes the same answer from the same members; shares differ by at most one, and few shards
 * move when a member comes or goes. Being wrong for a moment is harmless: ownership itself is decided in the znode
 * store.
 */
public final class ShardSpread {
    private ShardSpread() {}

    /** The shards that {@code instance} should own; none if it is not a member. */
    public static SortedSet<ShardId> shardsOf(String instance, SortedSet<String> members, int shards) {
        SortedSet<ShardId> mine = new TreeSet<>();
        assign(members, shards).forEach((shard, owner) -> {
            if (owner.equals(instance)) {
                mine.add(shard);
            }
        });
        return mine;
    }

    static SortedMap<ShardId, String> assign(SortedSet<String> members, int shards) {
        SortedMap<ShardId, String> owners = new TreeMap<>();
        if (members.isEmpty()) {
            return owners;
        }
        int share = shards / members.size();
        int larger = shards % members.size();
        SortedMap<String, Integer> held = new TreeMap<>();
        for (int number = 0; number < shards; number++) {
            ShardId shard = new ShardId(number);
            for (String member : ranked(members, shard)) {
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
        return owners;
    }

    private static List<String> ranked(SortedSet<String> members, ShardId shard) {
        List<String> ranked = new ArrayList<>(members);
        ranked.sort(Comparator.comparingLong((String member) -> KeyHash.of(new MessageKey(shard + "@" + member)))
                .thenComparing(Comparator.naturalOrder()));
        return ranked;
    }
}
