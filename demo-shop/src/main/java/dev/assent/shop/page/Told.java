package dev.assent.shop.page;

/**
 * What came of an order.
 *
 * @param text for a person
 */
public record Told(Result result, String text) {
    /** In one word. */
    public enum Result {
        DONE,
        /** A reason stands against it; nothing remains of it. */
        REFUSED,
        /** It goes on, or what became of it is not known yet. */
        UNDER_WAY,
        /** Something was down; nothing remains of it. */
        FAILED
    }
}
