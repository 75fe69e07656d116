/**
 * Idempotency by a token: a right to do something once.
 *
 * <p>{@link dev.assent.outbox.token.Tokens} issues tokens and spends each with one atomic statement in the business
 * transaction; {@link dev.assent.outbox.token.Requests} stores the answer beside the effect, so that the retry of a
 * request gets the first answer again. Invariant: a token is spent exactly when the business transaction commits: a
 * rollback gives it back, and of two spenders one waits and is refused. Called by services; schema: {@link
 * dev.assent.outbox.jdbc.Ddl#INBOX}.
 */
@NullMarked
package dev.assent.outbox.token;

import org.jspecify.annotations.NullMarked;
