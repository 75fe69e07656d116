/**
 * Contracts of what the store needs from its surroundings: time, disk and the links to other members.
 *
 * <p>{@code disk} and {@code net} implement them for production; tests and the simulation have their own.
 * Failures of the environment are {@link java.io.IOException}s; after the first one a disk is never used again.
 */
@NullMarked
package dev.assent.coordination.spi;

import org.jspecify.annotations.NullMarked;
