package dev.assent.metrics;

import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.time.Clock;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** The meters of a whole process of ours, as Prometheus reads them. Thread-safe. */
public final class ProcessMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Meters meters = new Meters(registry);
    private final EventMeters listener = new EventMeters(meters, Clock.SYSTEM);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final List<Subscription> subscriptions = new ArrayList<>();

    /** With what the JVM says of itself. */
    public ProcessMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** Hears what happens there from now on. */
    public synchronized void listenTo(EventSource source) {
        listener.lanesOf(source);
        subscriptions.add(source.subscribe("assent-meters", EventSource.CAPACITY, listener));
    }

    /** Shows what {@code source} says whenever somebody looks; it must not wait for anything. */
    public void gauge(Metric metric, DoubleSupplier source, String... tagValues) {
        meters.gauge(metric, source, tagValues);
    }

    /** A count that somebody else keeps. */
    public void counted(Metric metric, DoubleSupplier source) {
        meters.counted(metric, source);
    }

    /** All of it in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public synchronized void close() {
        subscriptions.forEach(Subscription::close);
        collections.close();
        registry.close();
    }
}
