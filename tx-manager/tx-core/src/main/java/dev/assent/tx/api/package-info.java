/**
 * The face that applications' adapters see: begin or join a global transaction, enlist branches, end it, and hear
 * the truth about how it ended. One face for both ways in: the coordinator embedded in this JVM, or a remote one.
 */
@NullMarked
package dev.assent.tx.api;

import org.jspecify.annotations.NullMarked;
