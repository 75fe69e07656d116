package dev.assent.outbox.relay;

import dev.assent.outbox.model.OutboxRecord;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.policy.Plan;
import dev.assent.outbox.policy.Throttle;
import dev.assent.outbox.spi.OutboxStore.Held;
import dev.assent.outbox.spi.OutboxStore.ShardOutbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator is told of all shards of a relay: one line for each thing, and a number where there are too many. Safe
 * for use by many threads.
 */
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
    private static final int LINES_MAX = 6;
    private static final Duration SPAN = Duration.ofSeconds(10);

    private final String relay;
    private final LongSupplier nanoClock;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}, as is the other. */
    private final Throttle keys = new Throttle(LINES_MAX, SPAN);

    private final Throttle shards = new Throttle(LINES_MAX, SPAN);

    Notices(String relay, LongSupplier nanoClock) {
        this.relay = relay;
        this.nanoClock = nanoClock;
    }

    private boolean mayTell(Throttle throttle) {
        synchronized (lock) {
            OptionalLong before = throttle.tell(nanoClock.getAsLong());
            before.ifPresent(kept -> tellNumber(throttle, kept));
            return before.isPresent();
        }
    }

    private void tellNumber(Throttle throttle, long kept) {
        if (kept > 0) {
            LOG.warn(
                    "relay {}: {} more lines like these about {} were left out",
                    relay,
                    kept,
                    throttle == keys ? "keys; see assent_outbox_parked" : "shards");
        }
    }

    /** Tells what was kept back, once its time is over; to be called now and then. */
    void tellKeptBack() {
        synchronized (lock) {
            long now = nanoClock.getAsLong();
            keys.keptBack(now).ifPresent(kept -> tellNumber(keys, kept));
            shards.keptBack(now).ifPresent(kept -> tellNumber(shards, kept));
        }
    }

    void refused(OutboxRecord record, int failures, String reason, String whatFollows) {
        if (mayTell(keys)) {
            LOG.warn(
                    "key {} is parked: its record {} was refused {} times and {}; the other keys go on. {}",
                    record.key(),
                    record.seq(),
                    failures,
                    whatFollows,
                    reason);
        }
    }

    void held(ShardLease lease, List<Plan.Stopped> held) {
        if (mayTell(keys)) {
            Plan.Stopped first = held.get(0);
            LOG.warn(
                    "{}: {} keys are parked until their topics take records, such as key {}: {}",
                    lease,
                    held.size(),
                    first.record().key(),
                    first.reason());
        }
    }

    void released(ShardLease lease, String topic, int keysReleased) {
        if (mayTell(keys)) {
            LOG.info("{}: {} keys go on, for topic {} takes records again", lease, keysReleased, topic);
        }
    }

    void holding(ShardLease lease, Held held, Optional<String> example) {
        if (!mayTell(shards)) {
            return;
        }
        if (held.isEmpty()) {
            LOG.info("{}: no key waits for its topic any more", lease);
        } else {
            LOG.warn(
                    "{} is served, but {} topics take no records, such as {}: {} keys wait for them with {} records",
                    lease,
                    counted(held.topics()),
                    example.orElse("one of another page"),
                    counted(held.keys()),
                    counted(held.records()));
        }
    }

    private static String counted(long number) {
        return number < ShardOutbox.HELD_COUNT_MAX ? Long.toString(number) : number + " or more";
    }

    void stalls(ShardLease lease, String reason) {
        if (mayTell(shards)) {
            LOG.warn("{} stalls, and is tried again: {}", lease, reason);
        }
    }

    void stillStalls(ShardLease lease, Duration since, String reason) {
        if (mayTell(shards)) {
            LOG.warn("{} has stalled for {} s: {}", lease, since.toSeconds(), reason);
        }
    }

    void goesOn(ShardLease lease, Duration after) {
        if (mayTell(shards)) {
            LOG.info("{} goes on after {} ms", lease, after.toMillis());
        }
    }

    void isYielded(ShardLease lease, int fencings, Duration span) {
        if (mayTell(shards)) {
            LOG.warn(
                    "{} is given back: it was fenced at the broker more than {} times in {} s, although the database has it"
                            + " as the owner. If another relay of this name works for another database, give each a"
                            + " relay.name of its own (this one is {})",
                    lease,
                    fencings,
                    span.toSeconds(),
                    relay);
        }
    }

    void isGivenUp(ShardLease lease, Duration since) {
        if (mayTell(shards)) {
            LOG.warn(
                    "{} is given up after {} s, for another instance may reach what this one cannot",
                    lease,
                    since.toSeconds());
        }
    }
}
