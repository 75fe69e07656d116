package dev.assent.tx.remote.agent;

import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Request;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether this agent has a reason to suspect the coordinator of a three-phase transaction: no connected node leads its
 * shard under its epoch, the deadline is past, or the node that does has left a beat without an answer. Nothing is decided
 * by it: it only lets acceptors be asked. Thread-safe; nothing blocks.
 */
final class Suspicions {
    /** A node that answers nothing for so long is suspected. */
    static final long SILENT_MILLIS = 1_000;

    /** Between two beats, of which there are any only while somebody waits for a decision. */
    static final long BEAT_MILLIS = 250;

    /** Of a pause of this process' own, not more counts as a node's silence. */
    private static final long COUNTED_MILLIS_MAX = 200;

    private final AgentId agent;
    private final NodeDirectory directory;
    private final Clock clock;
    private final Map<NodeLink, Beat> beats = new ConcurrentHashMap<>();
    private long lookedMillis;

    Suspicions(AgentId agent, NodeDirectory directory, Clock clock) {
        this.agent = agent;
        this.directory = directory;
        this.clock = clock;
        this.lookedMillis = nowMillis();
    }

    /** A question to a node; guarded by the suspicions. */
    private static final class Beat {
        private final CompletableFuture<?> answer;
        private long silentMillis;

        Beat(CompletableFuture<?> answer) {
            this.answer = answer;
        }
    }

    private long nowMillis() {
        return clock.nanos() / 1_000_000;
    }

    /** To be called before a round of {@link #reason}: time passes for the beats that are out. */
    synchronized void look() {
        long now = nowMillis();
        long passed = Math.min(now - lookedMillis, COUNTED_MILLIS_MAX);
        lookedMillis = now;
        beats.values().forEach(beat -> beat.silentMillis += passed);
    }

    /** Why its coordinator is suspected; empty while nothing speaks against it. */
    synchronized Optional<String> reason(GlobalTxId transaction) {
        if (transaction.isPastDeadline(clock.epochMillis())) {
            return Optional.of("its deadline is past");
        }
        Optional<NodeLink> leader =
                directory.leaderOf(transaction).filter(node -> directory.isLedUnderItsEpoch(transaction));
        if (leader.isEmpty()) {
            return Optional.of("no connected node leads its shard under its epoch");
        }
        return isSilent(leader.get(), transaction)
                ? Optional.of(leader.get() + " has not answered for " + SILENT_MILLIS + " ms")
                : Optional.empty();
    }

    /** Any answer will do, refusals too: whoever reads a question is at work. */
    private boolean isSilent(NodeLink node, GlobalTxId transaction) {
        Beat beat = beats.get(node);
        if (beat == null || (beat.answer.isDone() && beat.silentMillis >= BEAT_MILLIS)) {
            beats.put(
                    node,
                    new Beat(node.request(Request.newBuilder()
                            .setJoin(JoinRequest.newBuilder()
                                    .setGtrid(Wire.gtrid(transaction))
                                    .setAgentId(agent.bytes())))));
            return false;
        }
        return !beat.answer.isDone() && beat.silentMillis >= SILENT_MILLIS;
    }

    /** What that node owes over a link that is lost is owed no more. */
    void lost(NodeLink node) {
        beats.remove(node);
    }
}
