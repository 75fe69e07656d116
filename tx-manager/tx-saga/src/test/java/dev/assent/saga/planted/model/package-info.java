/** Planted violations of the rules of the house. */
@NullMarked
package dev.assent.saga.planted.model;

import org.jspecify.annotations.NullMarked;
