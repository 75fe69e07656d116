package dev.assent.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Makes the meters of the list in one registry. Thread-safe. */
final class Meters {
    /** Different values of one tag; what comes then is counted as {@code other}, so that no name fills the memory. */
    static final int VALUES_MAX = 200;

    static final String OTHER = "other";

    /** Where buckets end: what a commit, a sync or an election takes when it is well, and when it is not. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private final MeterRegistry registry;
    private final Set<String> values = ConcurrentHashMap.newKeySet();
    private final Set<String> gauges = new HashSet<>();

    Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(Metric metric, double by, String... tagValues) {
        Counter.builder(metric.text())
                .description(metric.meaning())
                .tags(tags(metric, tagValues))
                .register(registry)
                .increment(by);
    }

    void time(Metric metric, long nanos, String... tagValues) {
        Timer.builder(metric.text())
                .description(metric.meaning())
                .serviceLevelObjectives(BUCKETS)
                .tags(tags(metric, tagValues))
                .register(registry)
                .record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    /** What the source says whenever it is asked; a second one of the same name and tags is left out. */
    synchronized void gauge(Metric metric, DoubleSupplier source, String... tagValues) {
        Tags tags = tags(metric, tagValues);
        if (gauges.add(metric.text() + tags)) {
            Gauge.Builder<?> gauge = Gauge.builder(metric.text(), source::getAsDouble)
                    .description(metric.meaning())
                    .tags(tags)
                    .strongReference(true);
            (metric.unit().isEmpty() ? gauge : gauge.baseUnit(metric.unit())).register(registry);
        }
    }

    /** A count that somebody else keeps. */
    void counted(Metric metric, DoubleSupplier source) {
        FunctionCounter.builder(metric.text(), source, DoubleSupplier::getAsDouble)
                .description(metric.meaning())
                .register(registry);
    }

    private Tags tags(Metric metric, String... tagValues) {
        List<Tag> tags = new ArrayList<>(tagValues.length);
        for (int i = 0; i < tagValues.length; i++) {
            String key = metric.tags().get(i);
            tags.add(Tag.of(key, bounded(key, tagValues[i])));
        }
        return Tags.of(tags);
    }

    private String bounded(String key, String value) {
        String known = key + "=" + value;
        if (values.contains(known)) {
            return value;
        }
        if (values.stream().filter(one -> one.startsWith(key + "=")).count() >= VALUES_MAX) {
            return OTHER;
        }
        values.add(known);
        return value;
    }
}
