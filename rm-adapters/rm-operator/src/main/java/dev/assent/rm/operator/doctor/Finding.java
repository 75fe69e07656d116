package dev.assent.rm.operator.doctor;

import java.util.List;

/**
 * One prepared transaction and all that is known of it.
 *
 * @param locks those it holds, its own id left out
 * @param waiters sessions that wait for one of its locks
 * @param behind sessions that wait for those, and so on
 * @param pinsHorizon it is the oldest of all that keep VACUUM from cleaning up
 */
public record Finding(
        Prepared prepared,
        Origin origin,
        List<HeldLock> locks,
        List<Waiting> waiters,
        List<Waiting> behind,
        boolean pinsHorizon) {
    public Finding {
        locks = List.copyOf(locks);
        waiters = List.copyOf(waiters);
        behind = List.copyOf(behind);
    }
}
