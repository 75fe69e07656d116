package dev.assent.tx.remote.agent;

import io.grpc.Context;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Calls to nodes that may stop answering without a word. When a successor is announced, the calls that wait for the node
 * before it end at once, as if their answer had been lost. Thread-safe.
 */
final class CallsUnderWay {
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    /** Whether it waits in vain, and how it is ended. */
    private static final class Waiting {
        private final BooleanSupplier inVain;
        private final Context.CancellableContext context;

        Waiting(BooleanSupplier inVain, Context.CancellableContext context) {
            this.inVain = inVain;
            this.context = context;
        }

        void look() {
            if (inVain.getAsBoolean()) {
                context.cancel(null);
            }
        }
    }

    /**
     * Runs {@code call}, which blocks; it fails with CANCELLED once it waits in vain.
     *
     * @param inVain whether nobody needs its answer any more, as far as the nodes have said
     */
    <T> T run(BooleanSupplier inVain, Supplier<T> call) {
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            Waiting underWay = new Waiting(inVain, context);
            waiting.add(underWay);
            try {
                underWay.look(); // what changed before it was added
                Context before = context.attach();
                try {
                    return call.get();
                } finally {
                    context.detach(before);
                }
            } finally {
                waiting.remove(underWay);
            }
        }
    }

    /** To be called after each change of what the nodes have said. */
    void look() {
        waiting.forEach(Waiting::look);
    }
}
