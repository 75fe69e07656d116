/**
 * Time, and how long to wait.
 *
 * <p>Used by every module. The invariant: {@link dev.assent.time.Clock} alone asks the machine what time it is, so
 * whoever is given a clock can be run on another.
 */
@NullMarked
package dev.assent.time;

import org.jspecify.annotations.NullMarked;
