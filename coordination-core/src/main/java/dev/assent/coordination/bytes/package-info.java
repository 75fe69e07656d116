/**
 * How the bytes of our own formats are written and read, field by field: transactions, snapshots, and what servers ask
 * each other.
 *
 * <p>A reader trusts nothing: every length is checked against what is there before anything is allocated, and whatever
 * is wrong ends in one exception that says what and where.
 */
@NullMarked
package dev.assent.coordination.bytes;

import org.jspecify.annotations.NullMarked;
