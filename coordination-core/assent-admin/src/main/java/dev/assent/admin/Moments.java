package dev.assent.admin;

import dev.assent.admin.view.Members;
import dev.assent.admin.view.Moment;
import dev.assent.time.Clock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Who belonged to the cluster and led what, look by look: a node hears of its own shards only, so that it has to look for
 * the others'. A look that hangs costs this thread and nothing else; what was seen before stays. Thread-safe.
 */
final class Moments implements AutoCloseable {
    static final long LOOK_MILLIS = 2_000;
    static final int KEPT_MAX = 500;

    private final AdminSource source;
    private final Clock clock;
    private final Deque<Moment> kept = new ArrayDeque<>();
    private final ScheduledThreadPoolExecutor thread;

    Moments(AdminSource source, Clock clock) {
        this.source = source;
        this.clock = clock;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread looking = new Thread(task, "assent-admin-moments");
            looking.setDaemon(true);
            return looking;
        });
    }

    void begin() {
        var unused = thread.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        Moment seen;
        try {
            Members members = source.members();
            seen = new Moment(
                    now(),
                    Optional.empty(),
                    members.coordinators(),
                    members.servers(),
                    source.shards().shards());
        } catch (IOException | RuntimeException | Error away) {
            seen = new Moment(now(), Optional.of(String.valueOf(away.getMessage())), List.of(), List.of(), List.of());
        }
        keep(seen);
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMillis());
    }

    private synchronized void keep(Moment seen) {
        Moment last = kept.peekLast();
        if (last != null && seen.saysAs(last)) {
            return;
        }
        if (kept.size() == KEPT_MAX) {
            kept.removeFirst();
        }
        kept.addLast(seen);
    }

    /** Those later than that, and the one before them, which held until then; the oldest first. */
    synchronized List<Moment> after(long epochMillis) {
        Instant after = Instant.ofEpochMilli(epochMillis);
        List<Moment> all = List.copyOf(kept);
        int first = 0;
        while (first + 1 < all.size() && !all.get(first + 1).at().isAfter(after)) {
            first++;
        }
        return all.subList(first, all.size());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
