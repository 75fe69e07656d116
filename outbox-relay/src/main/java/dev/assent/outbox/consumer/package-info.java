/**
 * The consumer that a service embeds: it hands events to an effect, in order per partition, and acknowledges each only
 * after the effect has succeeded.
 *
 * <p>An event whose effect fails is tried again with growing waits while its partition queues behind it and the others
 * go on; after the last attempt it moves to a dead-letter topic with the reason. Invariant: an offset is committed only
 * when every event below it has had its effect or is durable in the dead-letter topic. Delivery is at least once:
 * effects are made idempotent by {@code inbox}, {@code token} or {@code status}.
 */
@NullMarked
package dev.assent.outbox.consumer;

import org.jspecify.annotations.NullMarked;
