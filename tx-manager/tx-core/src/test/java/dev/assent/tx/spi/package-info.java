/** Tests of the contracts' own values. */
@NullMarked
package dev.assent.tx.spi;

import org.jspecify.annotations.NullMarked;
