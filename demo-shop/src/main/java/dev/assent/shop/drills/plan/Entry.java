package dev.assent.shop.drills.plan;

/** A line of the timeline: what was done or seen. */
public record Entry(long atMillis, String what) {}
