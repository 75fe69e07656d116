package dev.assent.coordination.net.peer;

import dev.assent.coordination.net.secure.TlsSide;
import dev.assent.time.Clock;
import io.netty.handler.codec.DecoderException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator why a member is not linked: once for each reason, not again with each attempt, and not at all
 * while it may just be starting. Thread-safe.
 */
final class Complaints {
    /** Whoever dialled in without a name comes once, and may not come again to be complained about. */
    static final String STRANGER = "a stranger";

    /** Members that are started together find each other in this time. */
    static final Duration GRACE = Duration.ofSeconds(3);

    /** There may be any number of strangers, each with another reason: so many lines about them in a span of time. */
    static final int STRANGERS_LINES_MAX = 5;

    static final Duration STRANGERS_SPAN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Trouble> open = new ConcurrentHashMap<>();

    Complaints() {
        this(Clock.SYSTEM::nanos);
    }

    Complaints(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Since when a member is not linked, the reason that was told last, if one was, and how many lines there were since a
     * moment.
     */
    private record Trouble(long sinceNanos, Optional<String> told, long spanNanos, int lines) {
        boolean wasTold(String reason) {
            return told.equals(Optional.of(reason));
        }

        boolean enough(long now) {
            return lines >= STRANGERS_LINES_MAX && now - spanNanos < STRANGERS_SPAN.toNanos();
        }

        Trouble telling(String reason, long now) {
            boolean sameSpan = now - spanNanos < STRANGERS_SPAN.toNanos();
            return new Trouble(sinceNanos, Optional.of(reason), sameSpan ? spanNanos : now, sameSpan ? lines + 1 : 1);
        }
    }

    /**
     * Logs {@code reason} unless it was the last one, or the first came less than {@link #GRACE} ago.
     *
     * @param about the member; not an address, of which there may be any number
     */
    void raise(String about, String reason) {
        long now = nanoTime.getAsLong();
        Trouble before = open.computeIfAbsent(about, member -> new Trouble(now, Optional.empty(), now, 0));
        boolean stranger = about.equals(STRANGER);
        boolean mayBeStarting = now - before.sinceNanos() < GRACE.toNanos() && !stranger;
        if (mayBeStarting || (stranger && before.enough(now)) || before.wasTold(reason)) {
            LOG.debug("still no link to {}: {}", about, reason);
            return;
        }
        open.put(about, before.telling(reason, now));
        LOG.warn("no link to {}: {}", about, reason);
    }

    void settle(String about) {
        open.remove(about);
    }

    static String reason(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (root instanceof SSLException) {
            return TlsSide.reason(root);
        }
        String message = root.getMessage();
        return message == null ? root.toString() : message;
    }
}
