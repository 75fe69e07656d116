package dev.assent.shop.demo;

import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one thing again and again on a thread of its own: what does not answer delays nobody else's look. Thread-safe. */
final class Repeating implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Repeating.class);

    private final String name;
    private final long pauseMillis;
    private final Look look;
    private final Thread thread;
    private volatile long answeredNanos = System.nanoTime();
    private volatile String trouble = "was not looked at yet";

    /** One look. */
    @FunctionalInterface
    interface Look {
        void now() throws IOException, InterruptedException, SQLException;
    }

    private Repeating(String name, long pauseMillis, Look look) {
        this.name = name;
        this.pauseMillis = pauseMillis;
        this.look = look;
        this.thread = new Thread(this::lookOnAndOn, "look-at-" + name);
        thread.setDaemon(true);
    }

    /** Begins. */
    static Repeating begin(String name, long pauseMillis, Look look) {
        Repeating repeating = new Repeating(name, pauseMillis, look);
        repeating.thread.start();
        return repeating;
    }

    private void lookOnAndOn() {
        try {
            while (true) {
                lookOnce();
                Pauses.pause(pauseMillis);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is looked at is killed and frozen on purpose: a look that fails is an answer too. */
    private void lookOnce() throws InterruptedException {
        try {
            look.now();
            answeredNanos = System.nanoTime();
            trouble = "";
        } catch (IOException | SQLException away) {
            trouble = String.valueOf(away.getMessage());
        } catch (RuntimeException fault) {
            trouble = fault.toString();
            LOG.error("the look at {} failed", name, fault);
        }
    }

    /** What is wrong, and for how long; empty if the last look was answered, and no look takes long. */
    Optional<String> trouble() {
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answeredNanos);
        if (trouble.isEmpty() && silentMillis < pauseMillis + SILENT_MILLIS) {
            return Optional.empty();
        }
        return Optional.of(name + " does not answer since " + silentMillis / 1_000 + " s");
    }

    /** A look that takes longer gets no answer. */
    static final long SILENT_MILLIS = 2_000;

    @Override
    public void close() {
        thread.interrupt();
    }
}
