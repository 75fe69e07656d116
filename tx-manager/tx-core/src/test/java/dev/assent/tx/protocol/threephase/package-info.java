/**
 * The machines, input by input.
 */
@NullMarked
package dev.assent.tx.protocol.threephase;

import org.jspecify.annotations.NullMarked;
