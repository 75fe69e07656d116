package dev.assent.coordination.disk;

/** What to do about damaged files; part of the errors that report them. */
final class Remedy {
    /**
     * Honest about its price: a member that forgets what it acknowledged weakens the quorums it was part of, so
     * nobody does this by itself.
     */
    static final String REJOIN = "This server does not start, so that it neither votes nor acknowledges with it. "
            + "If all other voting members are up and serve, move this member's data directories away (keep them) and "
            + "start it again: it then fetches everything from the leader. If they are not, do not do that, because "
            + "this member may hold the only second copy of acknowledged transactions: bring the others up first, or "
            + "restore this disk from a backup";

    private Remedy() {}
}
