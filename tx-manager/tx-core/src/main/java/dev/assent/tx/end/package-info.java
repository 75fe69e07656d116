/**
 * The end of a transaction, and those who want to hear of it.
 *
 * <p>Coordinators and agents keep one {@link dev.assent.tx.end.OutcomeOnce} for each transaction. The invariant: an end
 * is told once, to everybody who asked, and no listener holds up whoever tells it, nor another listener.
 */
@NullMarked
package dev.assent.tx.end;

import org.jspecify.annotations.NullMarked;
