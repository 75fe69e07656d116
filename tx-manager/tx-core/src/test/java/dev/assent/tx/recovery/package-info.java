/**
 * What recovery plans from its evidence.
 */
@NullMarked
package dev.assent.tx.recovery;

import org.jspecify.annotations.NullMarked;
