package dev.assent.tx.model;

/** Who decides a transaction, fixed when it begins and visible in its gtrid. Nobody else ever may. */
public enum Authority {
    /** A coordinator in the application's own JVM; the outcome is the first decision record in the store. */
    EMBEDDED_2PC(1),
    /** The elected leader of the transaction's shard; the outcome is the first decision record in the store. */
    SHARD_2PC(2),
    /**
     * A Paxos register among the participants and the coordinator nodes, for transactions of an elected leader. What is
     * chosen COMMIT is recorded in the store afterwards; that there is no record says nothing.
     */
    PAXOS_3PC(3),
    /**
     * A coordinator in the application's own JVM; the outcome is the first row about it in a table of one of its
     * resources, which the gtrid names.
     */
    COMMIT_POINT(4);

    private final int code;

    Authority(int code) {
        this.code = code;
    }

    /** Whether the outcome is the first decision record in the store, and nothing else. */
    public boolean isDecidedInStore() {
        return switch (this) {
            case EMBEDDED_2PC, SHARD_2PC -> true;
            case PAXOS_3PC, COMMIT_POINT -> false;
        };
    }

    /** Whether it works under an incarnation of an embedded coordinator, which ends with its process. */
    public boolean isOfAnIncarnation() {
        return switch (this) {
            case EMBEDDED_2PC, COMMIT_POINT -> true;
            case SHARD_2PC, PAXOS_3PC -> false;
        };
    }

    /** The byte in the gtrid. */
    public int code() {
        return code;
    }

    static Authority of(int code) {
        for (Authority authority : values()) {
            if (authority.code == code) {
                return authority;
            }
        }
        throw new IllegalArgumentException("unknown decision authority " + code + " (1 to 4 are known)");
    }
}
