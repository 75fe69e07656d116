package dev.assent.admin.login;

import dev.assent.time.Clock;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of requests that were refused: of each kind at once, then one line every {@value #EVERY_MILLIS} ms with how many
 * there were. Nothing that a stranger has written stands in it. Thread-safe.
 */
final class Complaints {
    static final long EVERY_MILLIS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    private final Clock clock;
    private final Map<Refusal, Kind> kinds = new EnumMap<>(Refusal.class);

    /** When it was told last, and how many since. */
    private record Kind(long toldMillis, long untold) {}

    Complaints(Clock clock) {
        this.clock = clock;
    }

    synchronized void refused(Refusal why, InetAddress from) {
        long now = clock.monotonicMillis();
        Kind kind = kinds.get(why);
        if (kind != null && now - kind.toldMillis() < EVERY_MILLIS) {
            kinds.put(why, new Kind(kind.toldMillis(), kind.untold() + 1));
            return;
        }
        kinds.put(why, new Kind(now, 0));
        long before = kind == null ? 0 : kind.untold();
        LOG.warn(
                "the admin API has refused a request from {} ({}): {}{}",
                from.getHostAddress(),
                why.status(),
                why.error(),
                before == 0 ? "" : "; and " + before + " such since it was last told");
    }
}
