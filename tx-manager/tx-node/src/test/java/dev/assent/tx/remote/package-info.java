/**
 * Services and nodes in one JVM, over real connections.
 */
@NullMarked
package dev.assent.tx.remote;

import org.jspecify.annotations.NullMarked;
