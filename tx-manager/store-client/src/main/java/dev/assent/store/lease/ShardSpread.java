package dev.assent.store.lease;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which live member should own which shard: each shard ranks the members by a hash, and takes the first that has room.
 * Every member computes the same answer from the same members; shares are in proportion to the weights and differ from
 * that by less than one, and few shards move when a member comes or goes. A member that cannot serve a shard declines
 * it, and it goes to another, beyond its share. Being wrong for a moment is harmless: ownership itself is decided in the
 * store.
 */
final class ShardSpread {
    private final SortedMap<String, Member> members;
    private final Map<String, Integer> held = new HashMap<>();

    private ShardSpread(SortedMap<String, Member> members) {
        this.members = members;
    }

    /** The shards that {@code member} should own; none if it is not one of {@code members}. */
    static SortedSet<Integer> shardsOf(String member, SortedMap<String, Member> members, int shards) {
        SortedSet<Integer> mine = new TreeSet<>();
        assign(members, shards).forEach((shard, owner) -> {
            if (owner.equals(member)) {
                mine.add(shard);
            }
        });
        return mine;
    }

    static SortedMap<Integer, String> assign(SortedMap<String, Member> members, int shards) {
        if (members.isEmpty()) {
            return new TreeMap<>();
        }
        ShardSpread spread = new ShardSpread(members);
        SortedMap<Integer, String> owners = spread.byShares(shards);
        spread.moveWhatIsDeclined(owners);
        return owners;
    }

    private SortedMap<Integer, String> byShares(int shards) {
        Map<String, Integer> shares = shares(shards);
        int larger =
                shards - shares.values().stream().mapToInt(Integer::intValue).sum();
        SortedMap<Integer, String> owners = new TreeMap<>();
        for (int shard = 0; shard < shards; shard++) {
            for (String member : ranked(shares.keySet(), shard)) {
                int count = held.getOrDefault(member, 0);
                int share = shares.getOrDefault(member, 0);
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

    /** Rounded down, of those that have any; when nobody has a weight, all are alike. */
    private Map<String, Integer> shares(int shards) {
        long sum = members.values().stream().mapToLong(Member::weight).sum();
        Map<String, Integer> shares = new HashMap<>();
        members.forEach((name, member) -> {
            if (sum == 0) {
                shares.put(name, shards / members.size());
            } else if (member.weight() > 0) {
                shares.put(name, Math.toIntExact((long) shards * member.weight() / sum));
            }
        });
        return shares;
    }

    /** Nothing else moves: whoever cannot serve a shard is not given another in exchange. */
    private void moveWhatIsDeclined(SortedMap<Integer, String> owners) {
        owners.replaceAll((shard, owner) -> {
            if (!declines(owner, shard)) {
                return owner;
            }
            // What nobody is willing to take its owner must try all the same.
            String heir = ranked(members.keySet(), shard).stream()
                    .filter(member -> !declines(member, shard))
                    .min(Comparator.comparingInt(member -> held.getOrDefault(member, 0)))
                    .orElse(owner);
            held.merge(heir, 1, Integer::sum);
            return heir;
        });
    }

    private boolean declines(String name, int shard) {
        Member member = members.get(name);
        return member != null && member.declines(shard);
    }

    private static List<String> ranked(Collection<String> names, int shard) {
        Map<String, Long> ranks = new HashMap<>();
        names.forEach(name -> ranks.put(name, hash(shard + "@" + name)));
        List<String> ranked = new ArrayList<>(names);
        ranked.sort(Comparator.comparingLong((String name) -> ranks.getOrDefault(name, 0L))
                .thenComparing(Comparator.naturalOrder()));
        return ranked;
    }

    /** The same in every process; it spreads, and protects nothing. */
    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must provide MD5", e);
        }
    }
}
