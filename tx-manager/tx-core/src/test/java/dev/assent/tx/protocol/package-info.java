/**
 * The protocol, input by input.
 */
@NullMarked
package dev.assent.tx.protocol;

import org.jspecify.annotations.NullMarked;
