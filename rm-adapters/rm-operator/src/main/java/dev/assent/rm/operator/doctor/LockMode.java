package dev.assent.rm.operator.doctor;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * PostgreSQL's lock modes and which of them exclude each other; documentation, "Explicit Locking". A prepared
 * transaction has no process, so who waits for it has to be derived from this.
 */
enum LockMode {
    ACCESS_SHARE("AccessShareLock"),
    ROW_SHARE("RowShareLock"),
    ROW_EXCLUSIVE("RowExclusiveLock"),
    SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusiveLock"),
    SHARE("ShareLock"),
    SHARE_ROW_EXCLUSIVE("ShareRowExclusiveLock"),
    EXCLUSIVE("ExclusiveLock"),
    ACCESS_EXCLUSIVE("AccessExclusiveLock");

    private final String shown;

    LockMode(String shown) {
        this.shown = shown;
    }

    /** By the name in {@code pg_locks}; empty for a mode of other locks, such as serializable reads. */
    static Optional<LockMode> of(String shown) {
        for (LockMode mode : values()) {
            if (mode.shown.equals(shown)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    boolean excludes(LockMode other) {
        return excluded().contains(other);
    }

    private Set<LockMode> excluded() {
        return switch (this) {
            case ACCESS_SHARE -> EnumSet.of(ACCESS_EXCLUSIVE);
            case ROW_SHARE -> EnumSet.of(EXCLUSIVE, ACCESS_EXCLUSIVE);
            case ROW_EXCLUSIVE -> EnumSet.of(SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE_UPDATE_EXCLUSIVE -> EnumSet.range(SHARE_UPDATE_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE ->
                EnumSet.of(ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE);
            case SHARE_ROW_EXCLUSIVE -> EnumSet.range(ROW_EXCLUSIVE, ACCESS_EXCLUSIVE);
            case EXCLUSIVE -> EnumSet.range(ROW_SHARE, ACCESS_EXCLUSIVE);
            case ACCESS_EXCLUSIVE -> EnumSet.allOf(LockMode.class);
        };
    }
}
