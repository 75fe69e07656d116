package dev.assent.shop.page;

/** The demo, as its page sees it. Thread-safe. */
public interface PageSource {
    /** What there is to see now; waits for nobody. */
    Picture picture();

    /**
     * Carries the order out, and returns when that is known to have come to an end, or to go on by itself.
     *
     * @throws IllegalArgumentException the order names what there is not
     */
    Told act(Order order) throws InterruptedException;
}
