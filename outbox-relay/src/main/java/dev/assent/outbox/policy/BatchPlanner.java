package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the next batch among the due records of a shard. A record that was refused before travels alone, so that it
 * cannot take others down again; a record never overtakes an earlier one of its key.
 */
public final class BatchPlanner {
    private final BatchLimits limits;

    public BatchPlanner(BatchLimits limits) {
        this.limits = limits;
    }

    /**
     * The records to send next; empty if nothing is due.
     *
     * @param due records in ascending order; of a key, either none or a prefix of what is waiting
     * @param alone send only the first record, because an earlier refusal could not be pinned on one record
     */
    public Batch plan(List<OutboxRecord> due, boolean alone) {
        if (due.isEmpty()) {
            return new Batch(List.of());
        }
        if (alone || due.get(0).failedAttempts() > 0) {
            return new Batch(due.subList(0, 1));
        }
        List<OutboxRecord> chosen = new ArrayList<>();
        Set<MessageKey> waiting = new HashSet<>();
        long bytes = 0;
        for (OutboxRecord candidate : due) {
            if (candidate.failedAttempts() > 0 || waiting.contains(candidate.key())) {
                waiting.add(candidate.key());
                continue;
            }
            bytes += candidate.weightBytes();
            boolean full = chosen.size() == limits.records() || (bytes > limits.bytes() && !chosen.isEmpty());
            if (full) {
                break;
            }
            chosen.add(candidate);
        }
        return new Batch(chosen);
    }
}
