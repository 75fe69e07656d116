package dev.assent.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Znodes that are not what they should be: damaged, foreign, or of a newer version. Each is named once, with the
 * remedy, and counted; whoever met it leaves it alone and goes on with everything else. Thread-safe.
 */
public final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    /** Paths remembered as named; beyond that, znodes are counted and no longer named. */
    public static final int NAMED_MAX = 1_000;

    private final Map<String, String> named = new ConcurrentHashMap<>();
    private final LongAdder met = new LongAdder();

    /** Sets {@code path} aside; the same complaint of the same path is logged once. */
    public void report(String path, String what, String remedy) {
        met.increment();
        boolean isKnown = named.containsKey(path);
        if (!isKnown && named.size() >= NAMED_MAX) {
            return;
        }
        if (!what.equals(named.put(path, what))) {
            LOG.error("{} is set aside, everything else goes on: {}. {}", path, what, remedy);
        }
    }

    /** What was wrong with {@code path} is right again, or gone. */
    public void clear(String path) {
        if (!named.isEmpty() && named.remove(path) != null) {
            LOG.info("{} is in order again", path);
        }
    }

    /** How often a znode was met that had to be left alone. */
    public long count() {
        return met.sum();
    }

    /** How many different ones are known to be wrong. */
    public int known() {
        return named.size();
    }
}
