package dev.assent.tx.store;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.store.StoreSession.MultiReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.Op;

/**
 * Puts the decisions that concurrent transactions bring under one epoch into common multis: while one is under way,
 * the next gathers. A lone decision never waits; under load the quorum's cost is shared. Thread-safe; never blocks.
 *
 * <p>Each decision gets the answer that a multi of its own, {@code check, create}, would have got. That holds because
 * a multi is applied whole or not at all: one that names the operation which stopped it has created nothing, so those
 * it did not stop are simply sent again, while an unanswered one leaves all of its decisions unknown.
 */
final class GroupCommit {
    static final int DECISIONS_MAX = 64;
    /** Well below the largest request that servers take by default, which is 1 MiB. */
    static final int BYTES_MAX = 256 << 10;

    /** Places of failed operations in the replies. */
    static final int CHECK = 0;

    static final int CREATE = 1;

    private final Function<List<Op>, CompletableFuture<MultiReply>> store;
    private final Map<EpochRef, EpochQueue> queues = new HashMap<>();

    GroupCommit(Function<List<Op>, CompletableFuture<MultiReply>> store) {
        this.store = store;
    }

    /** One transaction's decision, to be created if its epoch is not over. */
    record Decision(EpochRef epoch, Op create, int bytes) {}

    /** The reply's failed operation is {@link #CHECK} (of the epoch) or {@link #CREATE} (of the record). */
    CompletableFuture<MultiReply> create(Decision decision) {
        CompletableFuture<MultiReply> reply = new CompletableFuture<>();
        EpochQueue queue;
        synchronized (queues) {
            queue = queues.computeIfAbsent(decision.epoch(), EpochQueue::new);
            queue.waiting.addLast(new Waiting(decision, reply));
        }
        queue.sendNext();
        return reply;
    }

    private record Waiting(Decision decision, CompletableFuture<MultiReply> reply) {}

    /** What waits under one epoch; guarded by {@link #queues}, and gone from there when there is nothing to do. */
    private final class EpochQueue {
        private final EpochRef epoch;
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean underWay;

        EpochQueue(EpochRef epoch) {
            this.epoch = epoch;
        }

        void sendNext() {
            List<Waiting> group = take();
            if (group.isEmpty()) {
                return;
            }
            List<Op> operations = new ArrayList<>(group.size() + 1);
            operations.add(Op.check(StoreLayout.epoch(epoch.key()), epoch.version()));
            group.forEach(member -> operations.add(member.decision().create()));
            CompletableFuture<Void> unused = store.apply(operations).thenAccept(reply -> replied(group, reply));
        }

        private List<Waiting> take() {
            List<Waiting> group = new ArrayList<>();
            synchronized (queues) {
                if (underWay) {
                    return group;
                }
                int bytes = 0;
                for (Waiting next = waiting.peekFirst();
                        next != null && group.size() < DECISIONS_MAX;
                        next = waiting.peekFirst()) {
                    bytes += next.decision().bytes();
                    if (bytes > BYTES_MAX && !group.isEmpty()) {
                        break;
                    }
                    group.add(waiting.removeFirst());
                }
                underWay = !group.isEmpty();
                if (group.isEmpty()) {
                    queues.remove(epoch, this);
                }
            }
            return group;
        }

        private void replied(List<Waiting> group, MultiReply reply) {
            int stopper = reply.failedOperation() - 1;
            boolean stoppedByOne = stopper >= 0 && stopper < group.size();
            synchronized (queues) {
                underWay = false;
                for (int place = group.size() - 1; stoppedByOne && place >= 0; place--) {
                    if (place != stopper) {
                        waiting.addFirst(group.get(place));
                    }
                }
            }
            sendNext(); // before the answers: their receivers have work to do while it is under way
            if (stoppedByOne) {
                group.get(stopper).reply().complete(new MultiReply(reply.code(), CREATE));
            } else {
                group.forEach(member -> member.reply().complete(reply));
            }
        }
    }
}
