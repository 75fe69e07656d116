/**
 * The words of the outbox: messages, records, keys, shards and their epochs.
 *
 * <p>Everything here is an immutable value without I/O, clocks or threads. A message is what an application appends in
 * its business transaction; a record is that message once the database has given it a sequence number and a shard.
 * Invariant: the order of the records of one key is the order of their sequence numbers, and all records of one key
 * live in one shard.
 */
@NullMarked
package dev.assent.outbox.model;

import org.jspecify.annotations.NullMarked;
