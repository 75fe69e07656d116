package dev.assent.rm.operator.doctor;

import java.util.Optional;

/**
 * A lock that is held or waited for.
 *
 * @param target what is locked, in full: equal targets are the same lock
 * @param shown the target for people: a table's name where it is known
 * @param mode as {@code pg_locks} spells it
 */
public record HeldLock(String target, String shown, String mode) {

    /** Whether {@code wanted} has to wait for this one. */
    boolean keepsOut(HeldLock wanted) {
        Optional<LockMode> held = LockMode.of(mode);
        Optional<LockMode> asked = LockMode.of(wanted.mode());
        return target.equals(wanted.target())
                && held.isPresent()
                && asked.isPresent()
                && held.get().excludes(asked.get());
    }

    /** Every transaction holds its own id; to be told only when somebody waits for it. */
    boolean isOwnId() {
        return target.startsWith("transactionid") || target.startsWith("virtualxid");
    }
}
