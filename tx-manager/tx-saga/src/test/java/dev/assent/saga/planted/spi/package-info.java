/** Planted violations of the rules of the house. */
@NullMarked
package dev.assent.saga.planted.spi;

import org.jspecify.annotations.NullMarked;
