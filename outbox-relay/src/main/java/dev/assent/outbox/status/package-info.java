/**
 * Idempotency by a status machine: a row's status only ever moves forward.
 *
 * <p>The change is one guarded UPDATE, so a duplicate or a late event changes nothing. When it changes nothing the row
 * is read again to tell why; a missing row is no success: the event came before its row, and must be tried again.
 * Three guards: a total order of statuses, a table of allowed transitions, or a version carried by the event. Called
 * by services inside the transaction of the effect. Invariant: a status never moves against its guard.
 */
@NullMarked
package dev.assent.outbox.status;

import org.jspecify.annotations.NullMarked;
