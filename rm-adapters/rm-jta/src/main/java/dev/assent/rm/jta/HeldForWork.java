package dev.assent.rm.jta;

/**
 * A resource kept in a transaction ({@link AssentTransactions#putResource}) that its work needs and others wait for,
 * such as a pool's connection. The transaction gives it back when it has ended, after the interposed synchronizations,
 * which may still close what they hold, and before the others, which may begin new work; and earlier, when the work was
 * given up and the outcome is not known yet. Called on any thread.
 */
public interface HeldForWork {

    /** What it goes back to, by name: giving back may hang there, and holds up only what goes back to the same. */
    String source();

    /** Whether the work has ended, so that nothing more will be done with it. Does not wait. */
    boolean isOver();

    /** Gives it back; a second call changes nothing. The transaction does not know it any more. */
    void giveBack();
}
