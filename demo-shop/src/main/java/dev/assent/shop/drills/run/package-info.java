/**
 * Runs a drill: measures a baseline, strikes, waits, heals, watches, lets everything come to rest and has it judged. What is
 * drilled is behind {@link dev.assent.shop.drills.run.DrillTarget}; the demo and systems of others are such.
 *
 * <p>One thread runs a drill; a second one counts what callers have been told.
 */
@NullMarked
package dev.assent.shop.drills.run;

import org.jspecify.annotations.NullMarked;
