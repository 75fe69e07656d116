package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.OutboxRecord;
import java.util.List;

/**
 * What to do with the due records of a shard; those that are in none of the lists stay where they are.
 *
 * @param batch to be sent now
 * @param unfit to be refused without asking the broker; of a key, only its first waiting record
 * @param held to wait for their topics; of a key, only its first waiting record
 */
public record Plan(Batch batch, List<Stopped> unfit, List<Stopped> held) {
    public Plan {
        unfit = List.copyOf(unfit);
        held = List.copyOf(held);
    }

    /** A record that is not sent, and why. */
    public record Stopped(OutboxRecord record, String reason) {}

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return batch.isEmpty() && unfit.isEmpty() && held.isEmpty();
    }
}
