/**
 * A node's configuration and its start.
 */
@NullMarked
package dev.assent.tx.node;

import org.jspecify.annotations.NullMarked;
