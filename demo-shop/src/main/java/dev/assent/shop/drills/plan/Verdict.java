package dev.assent.shop.drills.plan;

/**
 * Whether an invariant held.
 *
 * @param invariant in words
 * @param reason the figure that shows it, or what broke it
 */
public record Verdict(String invariant, Outcome outcome, String reason) {
    /** How it came out. */
    public enum Outcome {
        HELD,
        /** It came true, and only later than it may: a machine that is busy with something else does that as well. */
        LATE,
        /** Not true, on however slow a machine. */
        BROKEN
    }

    public boolean held() {
        return outcome == Outcome.HELD;
    }
}
