/**
 * Meters of Micrometer, made of events and of what processes say of themselves.
 *
 * <p>{@link dev.assent.metrics.Metric} lists them all; {@link dev.assent.metrics.EventMeters} keeps those that come from
 * events, {@link dev.assent.metrics.ProcessMetrics} is what a process of ours serves to Prometheus. Invariant: this is the
 * only package that uses Micrometer, and libraries of ours do not use this one.
 */
@NullMarked
package dev.assent.metrics;

import org.jspecify.annotations.NullMarked;
