package dev.assent.tx.remote;

import dev.assent.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of those who were refused, who may come any number of times: one line in a span, with how many there were. Thread-safe. */
public final class Refused {
    /** Between two lines. */
    static final Duration SPAN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Refused.class);

    private final Clock clock;
    private long toldNanos;
    private boolean told;
    private long untold;

    /** Nobody was refused yet. */
    public Refused(Clock clock) {
        this.clock = clock;
    }

    /** Somebody was, and this is why. */
    public void because(String why) {
        long more;
        synchronized (this) {
            long now = clock.nanos();
            if (told && now - toldNanos < SPAN.toNanos()) {
                untold++;
                return;
            }
            told = true;
            toldNanos = now;
            more = untold;
            untold = 0;
        }
        LOG.warn("refused: {}{}", why, more == 0 ? "" : " (and " + more + " others since the last such line)");
    }
}
