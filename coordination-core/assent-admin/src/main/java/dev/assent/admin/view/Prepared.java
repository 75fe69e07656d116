package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One prepared transaction in a database; {@code state} is what the store says of it. */
public record Prepared(
        String gid,
        String madeBy,
        Optional<String> transaction,
        String database,
        String owner,
        long ageSeconds,
        Optional<Instant> deadline,
        State state,
        String next,
        boolean pinsVacuum,
        List<Lock> locks,
        List<Waiter> waiters,
        int behind) {
    public Prepared {
        locks = List.copyOf(locks);
        waiters = List.copyOf(waiters);
    }

    /** What is decided. */
    public enum State {
        COMMIT,
        ABORT,
        UNDECIDED,
        /** The store could not say, or what it has cannot be read. */
        UNREADABLE,
        /** Another manager's, of which the store knows nothing. */
        FOREIGN
    }
}
