/**
 * Ends, and who hears of them.
 */
@NullMarked
package dev.assent.tx.end;

import org.jspecify.annotations.NullMarked;
