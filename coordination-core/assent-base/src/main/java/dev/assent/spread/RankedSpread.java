package dev.assent.spread;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which member should own which shard, by the members alone: each shard ranks them by a hash, and takes the first that
 * has room. Shares are in proportion to the weights and differ from that by less than one, and few shards move when a
 * member comes or goes. A member that cannot serve a shard declines it, and it goes to another, beyond its share. Being
 * wrong for a moment is harmless where ownership itself is decided elsewhere.
 */
public final class RankedSpread {
    /** A member, as far as this needs to know it. */
    public interface Candidate {
        /** Its share of the shards, in proportion to the others'; 0 for none that another would take. */
        int weight();

        /** Whether it cannot serve that one. */
        boolean declines(int shard);
    }

    private final SortedMap<String, ? extends Candidate> members;
    private final SortedMap<String, Integer> held = new TreeMap<>();

    private RankedSpread(SortedMap<String, ? extends Candidate> members) {
        this.members = members;
    }

    /** The shards that {@code member} should own; none if it is not one of {@code members}. */
    public static SortedSet<Integer> shardsOf(
            String member, SortedMap<String, ? extends Candidate> members, int shards) {
        SortedSet<Integer> mine = new TreeSet<>();
        assign(members, shards).forEach((shard, owner) -> {
            if (owner.equals(member)) {
                mine.add(shard);
            }
        });
        return mine;
    }

    /** The owner that each shard should have; empty when there is nobody. */
    public static SortedMap<Integer, String> assign(SortedMap<String, ? extends Candidate> members, int shards) {
        if (members.isEmpty()) {
            return new TreeMap<>();
        }
        RankedSpread spread = new RankedSpread(members);
        SortedMap<Integer, String> owners = spread.byShares(shards);
        spread.moveWhatIsDeclined(owners);
        return owners;
    }

    private SortedMap<Integer, String> byShares(int shards) {
        SortedMap<String, Integer> weights = new TreeMap<>();
        members.forEach((name, member) -> weights.put(name, member.weight()));
        Shares due = new Shares(weights, shards);
        SortedMap<String, Integer> shares = due.whole();
        int larger = due.left();
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
        Candidate member = members.get(name);
        return member != null && member.declines(shard);
    }

    private static List<String> ranked(Collection<String> names, int shard) {
        Map<String, Long> ranks = new TreeMap<>();
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
