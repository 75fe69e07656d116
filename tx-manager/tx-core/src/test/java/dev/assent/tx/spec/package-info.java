/**
 * The protocols' specifications in TLA+ (beside the sources, in {@code src/test/tla}) and the model checker that reads
 * them.
 *
 * <p>Each specification names its clauses, and drops one at a time: what is left must be found unsafe.
 */
@NullMarked
package dev.assent.tx.spec;

import org.jspecify.annotations.NullMarked;
