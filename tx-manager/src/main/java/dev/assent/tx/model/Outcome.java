package dev.assent.tx.model;

/** How a global transaction ended, as far as can be told truthfully. */
public sealed interface Outcome {

    /** Committed in every branch, or decided so and being driven there. */
    record Committed() implements Outcome {}

    /** Rolled back everywhere. */
    record RolledBack(String cause) implements Outcome {}

    /** The decision stands, but at least one branch ended otherwise by itself. */
    record HeuristicMixed(String detail) implements Outcome {}

    /** At least one branch may have ended otherwise by itself. */
    record HeuristicHazard(String detail) implements Outcome {}

    /** Not known at this moment; ask again with the transaction's id. Never reported as a rollback. */
    record Unknown(String cause) implements Outcome {}
}
