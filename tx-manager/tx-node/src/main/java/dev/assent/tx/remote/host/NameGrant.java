package dev.assent.tx.remote.host;

import dev.assent.tx.remote.AgentId;
import java.util.BitSet;

/**
 * An agent's leave to name transactions under this node's epochs by itself, each name once. A name that was used is
 * remembered for as long as {@value #REMEMBERED} later ones are not; older ones count as used. Guarded by itself.
 */
final class NameGrant {
    /** Names behind the latest one of which it is known whether they were used; a power of two. */
    static final int REMEMBERED = 1 << 16;

    private final long value;
    private final AgentId agent;
    private final BitSet used = new BitSet(REMEMBERED);
    private long latest = -1;

    NameGrant(long value, AgentId agent) {
        this.value = value;
        this.agent = agent;
    }

    /** What names begin with. */
    long value() {
        return value;
    }

    AgentId agent() {
        return agent;
    }

    /** Whether a number can still be used. */
    synchronized boolean isUnused(int unsigned) {
        long number = Integer.toUnsignedLong(unsigned);
        return number > latest || (number > latest - REMEMBERED && !used.get((int) (number % REMEMBERED)));
    }

    /** Uses a number up; false if it was already, or may have been. */
    synchronized boolean use(int unsigned) {
        if (!isUnused(unsigned)) {
            return false;
        }
        long number = Integer.toUnsignedLong(unsigned);
        if (number > latest) {
            forgetUpTo(number);
        }
        used.set((int) (number % REMEMBERED));
        return true;
    }

    private void forgetUpTo(long number) {
        if (number - latest >= REMEMBERED) {
            used.clear();
        } else {
            for (long passed = latest + 1; passed <= number; passed++) {
                used.clear((int) (passed % REMEMBERED));
            }
        }
        latest = number;
    }
}
