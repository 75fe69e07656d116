package dev.assent.tx.model;

/** A branch's answer to prepare. */
public sealed interface Vote {

    /** The branch can commit and can roll back, whatever happens to its process. */
    record Prepared() implements Vote {}

    /** The branch changed nothing, has ended, and takes no part in phase 2. */
    record ReadOnly() implements Vote {}

    /** The branch cannot commit; it has rolled back, or will when told to. */
    record Rollback(String cause) implements Vote {}
}
