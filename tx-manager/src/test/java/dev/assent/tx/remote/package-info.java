/**
 * Services and nodes in one JVM, over real connections, and what they say to each other.
 */
@NullMarked
package dev.assent.tx.remote;

import org.jspecify.annotations.NullMarked;
