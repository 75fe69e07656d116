/**
 * What always holds, checked where it must.
 *
 * <p>Used by the pure cores. The invariant: a check is never left out, not even in production; what is broken stops who
 * found it (a server of the store, the run of a transaction) before anybody is told something untrue.
 */
@NullMarked
package dev.assent.invariants;

import org.jspecify.annotations.NullMarked;
