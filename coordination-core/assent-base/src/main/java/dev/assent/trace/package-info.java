/**
 * How what a process does is joined with the traces of whoever calls it and whom it calls, in the words of W3C's Trace
 * Context, level 1, and of no library.
 *
 * <p>Adapters and coordinators ask {@link dev.assent.trace.Tracing}, which they find at the stream of events
 * ({@link dev.assent.event.EventSource#tracing}); a listener that makes spans of events stands behind it. The invariant:
 * with no such listener nothing is made, sent or read, and nothing here ever fails or waits.
 */
@NullMarked
package dev.assent.trace;

import org.jspecify.annotations.NullMarked;
