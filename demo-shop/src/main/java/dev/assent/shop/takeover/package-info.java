/**
 * Coordinator nodes that die, freeze, stop or come while callers are at work, as real processes; what each caller waits
 * is measured, and what it was told is held against the databases.
 *
 * <p>Nothing here looks into a node: who leads is read from what nodes print.
 */
@NullMarked
package dev.assent.shop.takeover;

import org.jspecify.annotations.NullMarked;
