package dev.assent.tx.model;

/** A branch's answer to commit or rollback. */
public sealed interface Completion {

    /** Done as told, durably. */
    record Done() implements Completion {}

    /** The resource does not know the branch: done before, or never there. What it means the protocol decides. */
    record NotKnown() implements Completion {}

    /** Nothing is known of the effect, or nothing happened yet: tell it again, for ever, with growing pauses. */
    record Retry(String cause) implements Completion {}

    /** One-phase commit only: the branch could not commit and has rolled back. */
    record RolledBack(String cause) implements Completion {}

    /** The resource decided by itself. Kept durable and alerted until an operator forgets it. */
    record Heuristic(HeuristicOutcome outcome, String cause) implements Completion {}
}
