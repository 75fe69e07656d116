package dev.assent.rm.atomikos;

import dev.assent.store.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the znodes of ended transactions, lazily and in batches, off the path of every commit. What is not deleted
 * (the store is away, the process dies) is found again by recovery.
 */
final class Forgetter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forgetter.class);
    private static final long PERIOD_MILLIS = 200;
    private static final Duration BATCH_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final ZnodeLog store;
    private final KnownDecisions table;
    private final ScheduledExecutorService thread;
    private final ScheduledFuture<?> schedule;

    /** Starts at once. */
    Forgetter(ZnodeLog store, KnownDecisions table) {
        this.store = store;
        this.table = table;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, "assent-atomikos-forgetter");
            worker.setDaemon(true);
            return worker;
        });
        schedule =
                thread.scheduleWithFixedDelay(this::forgetGuarded, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void forgetGuarded() {
        try {
            forgetEnded();
        } catch (RuntimeException e) {
            // The boundary of this thread's loop: a scheduled task that throws would never run again.
            LOG.error("deleting ended transactions failed; it is tried again", e);
        }
    }

    /** Deletes until nothing is left or the store does not take it. */
    void forgetEnded() {
        while (store.isOwner()) {
            List<String> decisions = table.endedDecisions(ZnodeLog.FORGET_BATCH_MAX);
            List<String> votes = table.endedVotes(ZnodeLog.FORGET_BATCH_MAX);
            if (decisions.isEmpty() && votes.isEmpty()) {
                return;
            }
            if (!forget(decisions, votes)) {
                return;
            }
        }
    }

    private boolean forget(List<String> decisions, List<String> votes) {
        StoreAnswer answer = store.forget(decisions, votes, Deadline.in(BATCH_TIMEOUT));
        if (answer instanceof StoreAnswer.Applied) {
            table.forgotten(decisions, votes);
            return true;
        }
        if (answer instanceof StoreAnswer.Refused refused && refused.operation() > 0) {
            // That one is gone already: an earlier deletion whose answer was lost.
            int index = refused.operation() - 1;
            boolean decision = index < decisions.size();
            table.forgotten(
                    decision ? List.of(decisions.get(index)) : List.of(),
                    decision ? List.of() : List.of(votes.get(index - decisions.size())));
            return true;
        }
        return false;
    }

    /** Stops, after a last attempt; a store that does not answer is not waited for, as recovery finds the rest. */
    @Override
    public void close() {
        schedule.cancel(false);
        thread.execute(this::forgetGuarded);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("the deletion of ended transactions is left to recovery");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
