/**
 * What a drill is, and whether it held: data and functions without surroundings. A {@link
 * dev.assent.shop.drills.plan.Drill} says what is done to whom and what has to hold; {@link
 * dev.assent.shop.drills.plan.Judgement} makes verdicts of what was {@link dev.assent.shop.drills.plan.Seen}.
 *
 * <p>Nothing here starts, waits or asks the time. Milliseconds count from the moment in which the load began.
 */
@NullMarked
package dev.assent.shop.drills.plan;

import org.jspecify.annotations.NullMarked;
