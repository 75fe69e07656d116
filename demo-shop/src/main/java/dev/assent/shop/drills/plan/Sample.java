package dev.assent.shop.drills.plan;

/**
 * What callers had been told by then, in sum.
 *
 * @param unknown how often they were told so, whatever became of it later
 */
public record Sample(long atMillis, long committed, long rolledBack, long unknown) {}
