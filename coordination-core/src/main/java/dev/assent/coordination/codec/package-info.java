/**
 * Bytes of what members tell each other.
 *
 * <p>A decoder trusts nothing: every length is checked against what is there and against a named limit before
 * anything is allocated, and whatever is wrong ends in one exception that says what.
 */
@NullMarked
package dev.assent.coordination.codec;

import org.jspecify.annotations.NullMarked;
