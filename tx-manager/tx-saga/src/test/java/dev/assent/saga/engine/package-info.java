/** Bulkheads of steps. */
@NullMarked
package dev.assent.saga.engine;

import org.jspecify.annotations.NullMarked;
