/** A stand-in for the transaction manager's packages, so that the rule against using them can be seen to work. */
@NullMarked
package dev.assent.tx.planted;

import org.jspecify.annotations.NullMarked;
