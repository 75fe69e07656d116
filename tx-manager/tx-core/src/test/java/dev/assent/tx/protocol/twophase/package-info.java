/**
 * The protocol, input by input.
 */
@NullMarked
package dev.assent.tx.protocol.twophase;

import org.jspecify.annotations.NullMarked;
