/**
 * Spans of OpenTelemetry, made of events. A transaction is a span; its branches, the wait for their votes, the decision and
 * what followed it are its children; and it is itself a child of what its caller was at.
 *
 * <p>{@link dev.assent.traces.AssentTraces} is what applications and processes use. Invariant: this package uses
 * OpenTelemetry's API and no implementation of it, is the only one of the libraries that does, and libraries of ours do not
 * use it: they see {@link dev.assent.trace.Tracing}.
 */
@NullMarked
package dev.assent.traces;

import org.jspecify.annotations.NullMarked;
