package dev.assent.tx.bulkhead;

import dev.assent.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Keeps what may happen a thousand times a second to one line in ten seconds. Thread-safe. */
public final class ThrottledLog {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private boolean said;
    private long lastNanos;
    private long unsaid;

    /** Calls {@code line} with what to add to it (" (and 12 more times)", or nothing), unless it was called lately. */
    public void say(Consumer<String> line) {
        String more;
        synchronized (this) {
            long now = Clock.SYSTEM.nanos();
            if (said && now - lastNanos < PAUSE_NANOS) {
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
