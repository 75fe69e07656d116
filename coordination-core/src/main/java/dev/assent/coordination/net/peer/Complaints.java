package dev.assent.coordination.net.peer;

import dev.assent.time.Clock;
import io.netty.handler.codec.DecoderException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
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

    private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);

    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, Trouble> open = new ConcurrentHashMap<>();

    Complaints() {
        this(Clock.SYSTEM::nanos);
    }

    Complaints(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Since when a member is not linked, and the reason that was told last, if one was. */
    private record Trouble(long sinceNanos, Optional<String> told) {}

    /**
     * Logs {@code reason} unless it was the last one, or the first came less than {@link #GRACE} ago.
     *
     * @param about the member; not an address, of which there may be any number
     */
    void raise(String about, String reason) {
        long now = nanoTime.getAsLong();
        Trouble before = open.computeIfAbsent(about, member -> new Trouble(now, Optional.empty()));
        boolean mayBeStarting = now - before.sinceNanos() < GRACE.toNanos() && !about.equals(STRANGER);
        if (mayBeStarting || before.told().equals(Optional.of(reason))) {
            LOG.debug("still no link to {}: {}", about, reason);
            return;
        }
        open.put(about, new Trouble(before.sinceNanos(), Optional.of(reason)));
        LOG.warn("no link to {}: {}", about, reason);
    }

    void settle(String about) {
        open.remove(about);
    }

    static String reason(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        String message = root.getMessage();
        return message == null ? root.toString() : message;
    }
}
