/**
 * Idempotency by a unique constraint: the inbox.
 *
 * <p>A consumer records a message's id in the very transaction of the message's effect. Kafka may deliver twice, a
 * process may die anywhere, two instances may handle the same message at once: the constraint lets one of them commit.
 * Invariant: an id is in the inbox exactly when its effect is in the database. Called by services; schema: {@link
 * dev.assent.outbox.jdbc.Ddl#INBOX}.
 */
@NullMarked
package dev.assent.outbox.inbox;

import org.jspecify.annotations.NullMarked;
