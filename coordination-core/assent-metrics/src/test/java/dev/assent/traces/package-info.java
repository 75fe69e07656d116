/** Spans, made of events by the real subscriber and recorded by OpenTelemetry's SDK. */
@NullMarked
package dev.assent.traces;

import org.jspecify.annotations.NullMarked;
