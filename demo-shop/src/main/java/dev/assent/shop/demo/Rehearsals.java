package dev.assent.shop.demo;

import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.run.DrillTarget.Healing;
import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Picture.Check;
import dev.assent.shop.page.Picture.Mood;
import dev.assent.shop.page.Picture.Progress;
import dev.assent.shop.page.Told;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drills on a shop in which everybody works: a fault comes, lasts and is healed, and what must hold is looked at as ever. One
 * at a time, on a thread of its own. Thread-safe.
 */
final class Rehearsals implements AutoCloseable {
    /** After the healing everything is to hold, and somebody to be served again, so soon. */
    static final long HEALED_MILLIS_MAX = 60_000;

    /** Lines of one drill. */
    private static final int LINES_MAX = 60;

    private static final long LOOK_MILLIS = 250;

    /** So long everything has to hold: until then each order has been compared twice. */
    static final long HOLDS_MILLIS = 3 * Watchful.APART_MILLIS_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsals.class);

    private final Strikes strikes;
    private final Supplier<List<Check>> checks;
    private final LongSupplier committed;
    private final Consumer<String> news;
    // Guarded by this.
    private @Nullable Thread thread;
    private String drill = "";
    private Progress progress = Progress.WAITING;
    private String phase = "";
    private final List<Picture.Line> lines = new ArrayList<>();

    /** Brings a drill's fault about. */
    @FunctionalInterface
    interface Strikes {
        Optional<Healing> strike(Drill drill, Consumer<String> say)
                throws IOException, InterruptedException, SQLException;
    }

    /**
     * Drills that are struck by {@code strikes}.
     *
     * @param checks what holds now
     * @param committed how many checkouts have
     * @param news hears what is done
     */
    Rehearsals(Strikes strikes, Supplier<List<Check>> checks, LongSupplier committed, Consumer<String> news) {
        this.strikes = strikes;
        this.checks = checks;
        this.committed = committed;
        this.news = news;
    }

    /** Begins it, if none is under way. */
    synchronized Told begin(Drill wanted) {
        if (progress == Progress.DOING) {
            return new Told(Told.Result.REFUSED, drill + " is still under way.");
        }
        drill = wanted.name();
        progress = Progress.DOING;
        phase = "";
        lines.clear();
        Thread fresh = new Thread(() -> run(wanted), "rehearsal-of-" + wanted.name());
        fresh.setDaemon(true);
        thread = fresh;
        fresh.start();
        return new Told(Told.Result.DONE, wanted.name() + " has begun.");
    }

    /** The one under way, or the last one. */
    synchronized Optional<Picture.Rehearsal> last() {
        return drill.isEmpty()
                ? Optional.empty()
                : Optional.of(new Picture.Rehearsal(drill, progress, phase, List.copyOf(lines)));
    }

    private void run(Drill wanted) {
        try {
            turn("waits for its moment");
            Optional<Healing> healing = strikes.strike(wanted, this::say);
            if (healing.isEmpty()) {
                end(Progress.FAILED, "The moment never came, and nothing was done. Do customers shop?");
                return;
            }
            turn("struck; it stays so for " + wanted.fault().lasts().toMillis() / 1_000.0 + " s");
            Pauses.pause(wanted.fault().lasts().toMillis());
            turn("is being healed");
            healing.get().heal(this::say);
            turn("healed; everything has to hold, and somebody to be served");
            watch();
        } catch (IOException | SQLException | RuntimeException failed) {
            LOG.error("{} failed", wanted.name(), failed);
            end(Progress.FAILED, "It could not be done: " + failed.getMessage());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() throws InterruptedException {
        long before = committed.getAsLong();
        long began = System.nanoTime();
        long goodSince = Long.MAX_VALUE;
        while (true) {
            List<Check> open = checks.get().stream()
                    .filter(check -> check.mood() != Mood.GOOD)
                    .toList();
            boolean isServed = committed.getAsLong() > before;
            long millis = (System.nanoTime() - began) / 1_000_000;
            goodSince = open.isEmpty() && isServed ? Math.min(goodSince, millis) : Long.MAX_VALUE;
            if (millis >= goodSince && millis - goodSince >= HOLDS_MILLIS) {
                end(
                        Progress.DONE,
                        "Everything holds, and customers are served, since " + goodSince + " ms after the healing.");
                return;
            }
            Optional<Check> broken =
                    open.stream().filter(check -> check.mood() == Mood.BAD).findFirst();
            if (broken.isPresent()) {
                end(Progress.FAILED, broken.get().name() + ": " + broken.get().reason());
                return;
            }
            if (millis > HEALED_MILLIS_MAX && goodSince == Long.MAX_VALUE) {
                end(
                        Progress.FAILED,
                        isServed ? "Not known after " + millis / 1_000 + " s: " + names(open) : "Nobody was served.");
                return;
            }
            Pauses.pause(LOOK_MILLIS);
        }
    }

    private static String names(List<Check> checks) {
        return checks.stream()
                .map(check -> check.name() + " (" + check.reason() + ")")
                .collect(Collectors.joining(", "));
    }

    private synchronized void turn(String next) {
        phase = next;
    }

    private void say(String text) {
        synchronized (this) {
            if (lines.size() < LINES_MAX) {
                lines.add(new Picture.Line(System.currentTimeMillis(), text));
            }
        }
        news.accept(text);
    }

    private void end(Progress how, String text) {
        say(text);
        synchronized (this) {
            progress = how;
            phase = "";
        }
    }

    @Override
    public synchronized void close() {
        Thread present = thread;
        if (present != null) {
            present.interrupt();
        }
    }
}
