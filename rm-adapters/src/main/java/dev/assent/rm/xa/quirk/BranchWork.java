package dev.assent.rm.xa.quirk;

/** What a look at a branch finds whose work is over and which is not prepared yet. */
public sealed interface BranchWork {

    /**
     * It has, or may have, changed something.
     *
     * @param witness names the database's own transaction, so that its end can be asked for later; empty if it has no
     *     such name
     */
    record Changed(String witness) implements BranchWork {}

    /** It changed nothing. */
    record Nothing() implements BranchWork {}

    /** The database has given it up already; it can only roll back. */
    record Failed(String cause) implements BranchWork {}
}
