/**
 * Fixtures: stores to run against, and a toy resource whose stable state outlives its users.
 */
@NullMarked
package dev.assent.tx.testing;

import org.jspecify.annotations.NullMarked;
