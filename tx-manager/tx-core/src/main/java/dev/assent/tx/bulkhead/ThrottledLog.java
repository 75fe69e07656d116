package dev.assent.tx.bulkhead;

import dev.assent.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/** Keeps what may happen a thousand times a second to one line in ten seconds. Thread-safe. */
public final class ThrottledLog {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Clock clock;
    private final long pauseNanos;
    private boolean said;
    private long lastNanos;
    private long unsaid;

    public ThrottledLog() {
        this(Clock.SYSTEM, PAUSE);
    }

    /** The same with a pause of the caller's own. */
    public ThrottledLog(Clock clock, Duration pause) {
        this.clock = clock;
        this.pauseNanos = pause.toNanos();
    }

    /** Calls {@code line} with what to add to it (" (and 12 more times)", or nothing), unless it was called lately. */
    public void say(Consumer<String> line) {
        String more;
        synchronized (this) {
            long now = clock.nanos();
            if (said && now - lastNanos < pauseNanos) {
                unsaid++;
                return;
            }
            more = unsaid == 0 ? "" : " (and " + unsaid + " more times since the last such line)";
            said = true;
            lastNanos = now;
            unsaid = 0;
        }
        line.accept(more);
    }
}
