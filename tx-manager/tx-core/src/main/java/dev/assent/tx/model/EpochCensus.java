package dev.assent.tx.model;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The coordinators' epochs as the store knew them at one moment, read in this order: the highest incarnation ever
 * allotted, the epochs, who is alive.
 *
 * <p>The order matters: an embedded epoch up to that number that is missing was retired, one above it was born later.
 *
 * @param highestIncarnation the last number allotted when the reading began; 0 when none was
 * @param embedded version of each embedded epoch by incarnation; 0 while it is current, more once it is fenced
 * @param alive incarnations whose process still holds its session, or whose epoch is there and cannot be read: they
 *     count as current and are left alone
 * @param shards version of each led shard's epoch; it rises with every new leader
 */
public record EpochCensus(
        long highestIncarnation,
        SortedMap<Long, Integer> embedded,
        SortedSet<Long> alive,
        SortedMap<Integer, Integer> shards) {

    public EpochCensus {
        embedded = new TreeMap<>(embedded);
        alive = new TreeSet<>(alive);
        shards = new TreeMap<>(shards);
    }

    /** Whether nothing can be decided COMMIT under this epoch any more. */
    public boolean isFenced(EpochRef epoch) {
        EpochKey key = epoch.key();
        if (key.authority() == Authority.SHARD_2PC) {
            Integer version = shards.get(key.shard());
            return version != null && version > epoch.version();
        }
        if (!key.authority().isOfAnIncarnation() || key.incarnation() > highestIncarnation) {
            return false;
        }
        Integer version = embedded.get(key.incarnation());
        return version == null || version > epoch.version();
    }

    /** Embedded epochs that are still current although their process is gone: to be fenced, in-doubt work or not. */
    public List<Long> deadAndUnfenced() {
        List<Long> dead = new ArrayList<>();
        embedded.forEach((incarnation, version) -> {
            if (version == 0 && !alive.contains(incarnation)) {
                dead.add(incarnation);
            }
        });
        return dead;
    }

    /** Embedded epochs that are fenced and not yet retired. */
    public List<Long> fenced() {
        List<Long> fenced = new ArrayList<>();
        embedded.forEach((incarnation, version) -> {
            if (version > 0) {
                fenced.add(incarnation);
            }
        });
        return fenced;
    }
}
