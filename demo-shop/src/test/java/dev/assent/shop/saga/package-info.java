/** A short run of the drill. */
@NullMarked
package dev.assent.shop.saga;

import org.jspecify.annotations.NullMarked;
