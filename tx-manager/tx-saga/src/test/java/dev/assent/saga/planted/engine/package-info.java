/** Planted violations of the rules of the house. */
@NullMarked
package dev.assent.saga.planted.engine;

import org.jspecify.annotations.NullMarked;
