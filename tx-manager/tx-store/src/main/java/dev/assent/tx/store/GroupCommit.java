package dev.assent.tx.store;

import dev.assent.store.FencedRecord;
import dev.assent.store.MultiReply;
import dev.assent.store.StoreOp;
import dev.assent.tx.model.EpochRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts the decisions that concurrent transactions bring under one epoch into common multis: while one is under way,
 * the next gathers. A lone decision never waits; under load the quorum's cost is shared. Thread-safe; never blocks.
 *
 * <p>Each decision gets the answer that a multi of its own, {@code check, create}, would have got. That holds because
 * a multi is applied whole or not at all: one that names the operation which stopped it has created nothing, so those
 * it did not stop are simply sent again, while an unanswered one leaves all of its decisions unknown.
 *
 * <p>The store answers every request, if only with the loss of its connection or session. It may do so on any thread,
 * the caller's own too; receivers of answers run on that thread and must not block. What a receiver throws ends in the
 * future that it derived, and reaches neither the other receivers nor the queue.
 */
final class GroupCommit {
    static final int DECISIONS_MAX = 64;
    /** Well below the largest request that servers take by default, which is 1 MiB. */
    static final int BYTES_MAX = 256 << 10;

    /** Places of failed operations in the replies. */
    static final int CHECK = FencedRecord.FENCE;

    static final int CREATE = FencedRecord.RECORD;

    private final Function<List<StoreOp>, CompletableFuture<MultiReply>> store;
    private final Map<EpochRef, EpochQueue> queues = new HashMap<>();

    GroupCommit(Function<List<StoreOp>, CompletableFuture<MultiReply>> store) {
        this.store = store;
    }

    /** One transaction's decision, to be created if its epoch is not over. */
    record Decision(EpochRef epoch, StoreOp create, int bytes) {}

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
        private final StoreOp check;
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean underWay;
        private boolean sending;
        /** Halved by a group without an answer, for a server may take smaller requests than is usual. */
        private int most = DECISIONS_MAX;

        EpochQueue(EpochRef epoch) {
            this.epoch = epoch;
            this.check = new StoreOp.Check(StoreLayout.epoch(epoch.key()), epoch.version());
        }

        /** A loop, as a store that is closed answers within the call: no answer may deepen the stack. */
        void sendNext() {
            for (List<Waiting> group = take(); !group.isEmpty(); group = take()) {
                send(group);
                synchronized (queues) {
                    sending = false;
                }
            }
        }

        private List<Waiting> take() {
            List<Waiting> group = new ArrayList<>();
            synchronized (queues) {
                if (underWay || sending) {
                    return group; // whoever is at it takes the next
                }
                int bytes = 0;
                for (Waiting next = waiting.peekFirst();
                        next != null && group.size() < most;
                        next = waiting.peekFirst()) {
                    bytes += next.decision().bytes();
                    if (bytes > BYTES_MAX && !group.isEmpty()) {
                        break;
                    }
                    group.add(waiting.removeFirst());
                }
                underWay = !group.isEmpty();
                sending = underWay;
                if (group.isEmpty() && most == DECISIONS_MAX) {
                    queues.remove(epoch, this);
                }
            }
            return group;
        }

        private void send(List<Waiting> group) {
            List<StoreOp> operations = new ArrayList<>(group.size() + 1);
            operations.add(check);
            group.forEach(member -> operations.add(member.decision().create()));
            CompletableFuture<MultiReply> sent;
            try {
                sent = store.apply(operations);
            } catch (RuntimeException | Error bug) {
                sent = CompletableFuture.failedFuture(bug);
            }
            CompletableFuture<MultiReply> unused = sent.whenComplete((reply, bug) -> ended(group, reply, bug));
        }

        private void ended(List<Waiting> group, @Nullable MultiReply reply, @Nullable Throwable bug) {
            if (reply != null) {
                replied(group, reply);
                return;
            }
            // Whether it was sent is not known: its decisions end with that, and the queue goes on.
            Throwable cause = bug == null ? new IllegalStateException("the store answered nothing") : bug;
            next(List.of());
            group.forEach(member -> member.reply().completeExceptionally(cause));
        }

        private void replied(List<Waiting> group, MultiReply reply) {
            int stopper = reply.failedOperation() - 1;
            if (stopper < 0 || stopper >= group.size()) {
                synchronized (queues) {
                    most = isAnswer(reply) ? Math.min(DECISIONS_MAX, 2 * most) : Math.max(1, group.size() / 2);
                }
                next(List.of());
                group.forEach(member -> member.reply().complete(reply));
                return;
            }
            List<Waiting> others = new ArrayList<>(group);
            Waiting stopped = others.remove(stopper);
            next(others);
            stopped.reply().complete(new MultiReply(reply.code(), CREATE));
        }

        private static boolean isAnswer(MultiReply reply) {
            return reply.isApplied() || reply.failedOperation() >= 0;
        }

        /** Comes before the answers: their receivers have work to do while the next multi is under way. */
        private void next(List<Waiting> again) {
            synchronized (queues) {
                underWay = false;
                for (int place = again.size() - 1; place >= 0; place--) {
                    waiting.addFirst(again.get(place));
                }
            }
            sendNext();
        }
    }
}
