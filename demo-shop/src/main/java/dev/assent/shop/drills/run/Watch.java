package dev.assent.shop.drills.run;

import dev.assent.shop.drills.plan.Entry;
import dev.assent.shop.drills.plan.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Writes down what callers are told, every 50 ms on a thread of its own, and what is done to the system. Thread-safe. */
final class Watch implements AutoCloseable {
    static final long SAMPLE_MILLIS = 50;

    /** A drill of ten minutes; what comes later is not plotted, and the last sample stands for it. */
    static final int SAMPLES_MAX = 12_000;

    /** A sample under way at the end is not waited for any longer: the thread keeps nobody. */
    static final Duration LAST_SAMPLE_PATIENCE = Duration.ofSeconds(5);

    private static final long PROGRESS_SAMPLES = 40;

    private final long beganNanos = System.nanoTime();
    private final DrillTarget target;
    private final Consumer<String> progress;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::sampleOnAndOn, "drill-watch");
    // Guarded by this.
    private final List<Sample> samples = new ArrayList<>();
    private final List<Entry> timeline = new ArrayList<>();

    private Watch(DrillTarget target, Consumer<String> progress) {
        this.target = target;
        this.progress = progress;
    }

    static Watch begin(DrillTarget target, Consumer<String> progress) {
        Watch watch = new Watch(target, progress);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    }

    /** A line of the timeline, which is told at once. */
    void say(String what) {
        long now = nowMillis();
        synchronized (this) {
            timeline.add(new Entry(now, what));
        }
        tell(now, what);
    }

    private void tell(long atMillis, String what) {
        progress.accept(String.format(Locale.ROOT, "%6.1f s  %s", atMillis / 1_000.0, what));
    }

    private void sampleOnAndOn() {
        try {
            long number = 0;
            do {
                Sample taken = sample();
                if (++number % PROGRESS_SAMPLES == 0) {
                    tell(
                            taken.atMillis(),
                            "committed " + taken.committed() + "  rolled back " + taken.rolledBack() + "  unknown "
                                    + taken.unknown());
                }
            } while (!ended.await(SAMPLE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What callers have been told by now is known of this moment, however late the regular samples are; which it is. */
    long mark() {
        return sample().atMillis();
    }

    /** One at a time, so that they are in the order of their times. */
    private synchronized Sample sample() {
        DrillTarget.Counts counts = target.counts();
        Sample sample = new Sample(nowMillis(), counts.committed(), counts.rolledBack(), counts.unknown());
        if (samples.size() == SAMPLES_MAX) {
            samples.remove(SAMPLES_MAX - 1);
        }
        samples.add(sample);
        return sample;
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    synchronized List<Entry> timeline() {
        return List.copyOf(timeline);
    }

    /** With one last sample. */
    @Override
    public void close() {
        ended.countDown();
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, LAST_SAMPLE_PATIENCE.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Sample unused = sample();
    }
}
