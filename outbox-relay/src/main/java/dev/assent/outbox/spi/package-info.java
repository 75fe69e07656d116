/**
 * What the relay needs from its surroundings: an outbox to read, a broker to publish to, and leases on shards.
 *
 * <p>Implemented by {@code jdbc}, {@code kafka} and {@code lease}, called by {@code relay}. Failures of the
 * environment are {@link java.io.IOException}s; losing a shard to another owner is an expected answer, never an
 * exception. Invariant of every implementation: nothing is changed on behalf of an owner whose epoch is no longer the
 * shard's own.
 */
@NullMarked
package dev.assent.outbox.spi;

import org.jspecify.annotations.NullMarked;
