/**
 * The model, input by input.
 */
@NullMarked
package dev.assent.tx.model;

import org.jspecify.annotations.NullMarked;
