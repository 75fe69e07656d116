/**
 * The flight recorder of a coordinator: the events and the steps of every transaction that has not ended, or has not ended
 * well, in memory and in files that outlive a {@code kill -9}; and the one file that is made of them for one transaction,
 * which can be replayed.
 *
 * <p>{@link dev.assent.flight.FlightRecorder} hears events as any listener does, on its own thread, and writes on another: a
 * disk that hangs costs the recording and nothing else. {@link dev.assent.flight.FlightExport} writes the file,
 * {@link dev.assent.flight.FlightRecording} reads it. The format is described in docs/flight-recorder.md.
 *
 * <p>The invariant: what is kept is bounded in count and bytes, what was dropped or missed is told in the file, and no
 * text of a password stands in it.
 */
@NullMarked
package dev.assent.flight;

import org.jspecify.annotations.NullMarked;
