/**
 * The parts of a node's end, under load and with agents of the test's own.
 */
@NullMarked
package dev.assent.tx.remote.host;

import org.jspecify.annotations.NullMarked;
