package dev.assent.outbox.jdbc;

import dev.assent.time.Clock;
import java.util.Random;
import java.util.UUID;

/**
 * Ids of events: UUID version 7 (RFC 9562), so that they sort roughly by time and an inbox can be partitioned by it.
 * Safe for use by many threads if its source of randomness is.
 */
public final class EventIds {
    private static final long VERSION = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Clock clock;
    private final Random random;

    public EventIds(Clock clock, Random random) {
        this.clock = clock;
        this.random = random;
    }

    public UUID next() {
        long millis = clock.epochMillis() & 0xffff_ffff_ffffL;
        long high = (millis << 16) | VERSION | (random.nextLong() & 0xfffL);
        long low = VARIANT | (random.nextLong() >>> 2);
        return new UUID(high, low);
    }
}
