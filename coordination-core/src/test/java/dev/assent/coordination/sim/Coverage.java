package dev.assent.coordination.sim;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** How often each fault and each interesting state was reached. */
final class Coverage {
    enum Point {
        CRASH,
        CRASH_OF_LEADER,
        CRASH_OF_ALL,
        RESTART,
        UNSYNCED_WRITES_LOST,
        EPOCH_KEPT_BUT_LOG_LOST,
        SLOW_DISK,
        STALLED_DISK,
        STALLED_FLUSH_COMPLETED_LATE,
        LEADER_OUTRUN_BY_ITS_QUORUM,
        TICK_DELAYED,
        PAUSE,
        PARTITION,
        ONE_WAY_PARTITION,
        DISCONNECT,
        RECONNECT_BEFORE_DISCONNECT_WAS_SEEN,
        MESSAGE_OF_AN_OLD_LINK,
        LOCAL_SNAPSHOT,
        ELECTION,
        LATE_COMER_TOLD_OF_LEADER,
        SYNC_BY_DIFF,
        SYNC_BY_EMPTY_DIFF,
        SYNC_BY_TRUNC,
        SYNC_BY_SNAP,
        SNAP_INTERRUPTED,
        PROMISE_NOT_COUNTED_TWICE,
        FOLLOWER_HAD_LONGER_HISTORY,
        LEADER_LOST_ITS_QUORUM,
        FOLLOWER_LOST_ITS_LEADER,
        START_OVER,
        EPOCH_ROLLED_OVER_WHILE_SERVING,
        UNCOMMITTED_TAIL_RECOVERED,
        UNCOMMITTED_TAIL_COMMITTED_LATER,
        OBSERVER_INFORMED,
        COMMITTED_BEFORE_OWN_DISK,
        COMMIT_HELD_BACK,
        HELD_COMMIT_RELEASED_BY_TIME
    }

    /** States that a few hundred runs may miss; unit tests reach them for certain. */
    static final Set<Point> RARE = EnumSet.of(Point.FOLLOWER_HAD_LONGER_HISTORY);

    private final EnumMap<Point, Long> counts = new EnumMap<>(Point.class);

    void hit(Point point) {
        counts.merge(point, 1L, Long::sum);
    }

    void add(Coverage other) {
        other.counts.forEach((point, count) -> counts.merge(point, count, Long::sum));
    }

    long count(Point point) {
        return counts.getOrDefault(point, 0L);
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        for (Point point : Point.values()) {
            lines.append(String.format("  %-40s %d%n", point.name().toLowerCase(Locale.ROOT), count(point)));
        }
        return lines.toString();
    }
}
