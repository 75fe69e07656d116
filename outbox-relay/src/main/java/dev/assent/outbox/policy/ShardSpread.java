package dev.assent.outbox.policy;

import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.ShardId;
import java.util.ArrayList;
import java.util.Collections;
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
 * move when a member comes or goes. A member that cannot serve a shard declines it, and the others share it, beyond their
 * equal shares if need be. Being wrong for a moment is harmless: ownership itself is decided in the znode
 * store.
 */
public final class ShardSpread {
    private static final SortedSet<ShardId> NONE = Collections.emptySortedSet();

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
        Room room = new Room(shards, declined.size());
        for (int number = 0; number < shards; number++) {
            ShardId shard = new ShardId(number);
            List<String> ranked = ranked(declined.keySet(), shard);
            List<String> willing = ranked.stream()
                    .filter(member -> !declined.getOrDefault(member, NONE).contains(shard))
                    .toList();
            // What nobody is willing to take somebody must try all the same.
            List<String> candidates = willing.isEmpty() ? ranked : willing;
            String owner = candidates.stream().filter(room::isLeft).findFirst().orElse(candidates.get(0));
            room.take(owner);
            owners.put(shard, owner);
        }
        return owners;
    }

    /** How many shards each member may still take, so that shares differ by at most one. */
    private static final class Room {
        private final int share;
        private int larger;
        private final SortedMap<String, Integer> held = new TreeMap<>();

        Room(int shards, int members) {
            share = shards / members;
            larger = shards % members;
        }

        boolean isLeft(String member) {
            int count = held.getOrDefault(member, 0);
            return count < share || (count == share && larger > 0);
        }

        void take(String member) {
            int count = held.getOrDefault(member, 0);
            larger -= count == share && larger > 0 ? 1 : 0;
            held.put(member, count + 1);
        }
    }

    private static List<String> ranked(Set<String> members, ShardId shard) {
        List<String> ranked = new ArrayList<>(members);
        ranked.sort(Comparator.comparingLong((String member) -> KeyHash.of(new MessageKey(shard + "@" + member)))
                .thenComparing(Comparator.naturalOrder()));
        return ranked;
    }
}
