/**
 * The last traces of a process, kept in its memory, for who has no server for traces: an implementation of OpenTelemetry's
 * exporter, and what a process of ours is given with it.
 *
 * <p>Processes make a {@link dev.assent.admin.traces.KeptTraces}, let {@link dev.assent.traces.AssentTraces} make spans for
 * it, and show it by the admin API. Invariant: this is the only package that uses OpenTelemetry's SDK; what is kept is
 * bounded, and what falls out is counted.
 */
@NullMarked
package dev.assent.admin.traces;

import org.jspecify.annotations.NullMarked;
