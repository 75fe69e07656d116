package dev.assent.coordination.replica;

import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.zab.PeerMessage;
import dev.assent.coordination.zab.Send;
import dev.assent.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the other members, each one's in order. While writes follow each other closely, a leader's word that
 * something is committed does not travel alone to a member none of whose clients waits for it: it goes with the next
 * message there, the next proposal as a rule, or after {@value #HELD_MILLIS_MAX} ms. That spares a message and a wake-up
 * at either end for each write. The word covers everything before it, so of several only the last one goes. On the
 * loop's thread only. Without threads or surroundings of its own: the simulations run this very class.
 */
public final class HeldCommits {
    /** So much later than others such a member may learn of a commit. Writes further apart are not held back at all. */
    public static final long HELD_MILLIS_MAX = 2;

    private final Clock clock;
    private final Consumer<Send> network;
    private final Map<ServerId, Send> held = new TreeMap<>();
    /** When those held must go. */
    private long dueMillis;

    private @Nullable PeerMessage last;
    private long lastAtMillis;
    private boolean close;

    /** @param network sends at once */
    public HeldCommits(Clock clock, Consumer<Send> network) {
        this.clock = clock;
        this.network = network;
    }

    /** Sends, or holds back. */
    public void send(Send send) {
        if (send.message() instanceof PeerMessage.Commit) {
            commit(send);
        } else {
            hurry(send.to());
            network.accept(send);
        }
    }

    private void commit(Send send) {
        if (send.message() != last) {
            long now = clock.monotonicMillis();
            close = last != null && now - lastAtMillis <= HELD_MILLIS_MAX;
            last = send.message();
            lastAtMillis = now;
        }
        held.remove(send.to());
        if (!close) {
            network.accept(send);
            return;
        }
        if (held.isEmpty()) {
            dueMillis = lastAtMillis + HELD_MILLIS_MAX;
        }
        held.put(send.to(), send);
    }

    /** What is held back for that member goes now: one of its clients waits for it. */
    public void hurry(ServerId member) {
        Send waiting = held.remove(member);
        if (waiting != null) {
            network.accept(waiting);
        }
    }

    /** Sends what has waited long enough. */
    public void release() {
        if (!held.isEmpty() && clock.monotonicMillis() >= dueMillis) {
            List<Send> all = new ArrayList<>(held.values());
            held.clear();
            all.forEach(network);
        }
    }

    /** Until when {@link #release} has nothing to do, as long as nothing more is sent. */
    public long millisUntilDue(long nowMillis) {
        return held.isEmpty() ? Long.MAX_VALUE : Math.max(0, dueMillis - nowMillis);
    }
}
