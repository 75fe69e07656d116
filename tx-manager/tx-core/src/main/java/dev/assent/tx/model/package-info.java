/**
 * The nouns of the commit protocol: who a transaction is, what a branch votes, how it ended. Immutable values; they
 * import nothing of ours.
 */
@NullMarked
package dev.assent.tx.model;

import org.jspecify.annotations.NullMarked;
