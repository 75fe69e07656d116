package dev.assent.shop.drills.plan;

/**
 * Whether an invariant held.
 *
 * @param invariant in words
 * @param reason the figure that shows it, or what broke it
 */
public record Verdict(String invariant, boolean held, String reason) {}
