/**
 * A recorded transaction once more: the machine that ended it in production is given the inputs that a flight recorder kept,
 * and must want the same and come to the same.
 *
 * <p>{@link dev.assent.tx.replay.Replay} takes a {@link dev.assent.flight.FlightRecording} and tells where the two part.
 * No clock, thread, file or network: the same recording gives the same answer.
 */
@NullMarked
package dev.assent.tx.replay;

import org.jspecify.annotations.NullMarked;
