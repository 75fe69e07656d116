/** The commit point protocol, by examples. */
@NullMarked
package dev.assent.tx.protocol.commitpoint;

import org.jspecify.annotations.NullMarked;
