package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.page.Picture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What customers were told, second by second, for the last minutes. Thread-safe. */
final class Seconds {
    static final int SECONDS_MAX = 180;

    private final Tally tally;
    private final Deque<Picture.Second> seconds = new ArrayDeque<>();
    private Tally.Figures before;

    Seconds(Tally tally) {
        this.tally = tally;
        this.before = tally.figures();
    }

    /** Once a second. */
    synchronized void tick() {
        Tally.Figures now = tally.figures();
        seconds.addLast(new Picture.Second(
                System.currentTimeMillis() / 1_000,
                Math.max(0, now.committed() - before.committed()),
                Math.max(0, now.rolledBack() - before.rolledBack()),
                Math.max(0, now.unknown() - before.unknown())));
        before = now;
        if (seconds.size() > SECONDS_MAX) {
            seconds.removeFirst();
        }
    }

    synchronized List<Picture.Second> last() {
        return List.copyOf(seconds);
    }
}
