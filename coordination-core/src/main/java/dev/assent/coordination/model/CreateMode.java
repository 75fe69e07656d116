package dev.assent.coordination.model;

import java.util.Optional;

/** What kind of znode a client asks for; the flag is ZooKeeper's number for it. */
public enum CreateMode {
    PERSISTENT(0, false),
    EPHEMERAL(1, false),
    PERSISTENT_SEQUENTIAL(2, true),
    EPHEMERAL_SEQUENTIAL(3, true),
    /** Removed by the ensemble once it had a child and has none any more. */
    CONTAINER(4, false),
    PERSISTENT_WITH_TTL(5, false),
    PERSISTENT_SEQUENTIAL_WITH_TTL(6, true);

    private static final CreateMode[] ALL = values();

    private final int flag;
    private final boolean sequential;

    CreateMode(int flag, boolean sequential) {
        this.flag = flag;
        this.sequential = sequential;
    }

    /** The number on the wire. */
    public int flag() {
        return flag;
    }

    /** Whether the store appends a ten-digit number to the name. */
    public boolean sequential() {
        return sequential;
    }

    /** Whether the znode ends with its session. */
    public boolean ephemeral() {
        return this == EPHEMERAL || this == EPHEMERAL_SEQUENTIAL;
    }

    public boolean hasTtl() {
        return this == PERSISTENT_WITH_TTL || this == PERSISTENT_SEQUENTIAL_WITH_TTL;
    }

    public static Optional<CreateMode> ofFlag(int flag) {
        return flag >= 0 && flag < ALL.length ? Optional.of(ALL[flag]) : Optional.empty();
    }
}
