package dev.assent.outbox.policy;

import dev.assent.outbox.model.Batch;
import dev.assent.outbox.model.MessageKey;
import dev.assent.outbox.model.OutboxRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sorts the due records of a shard into those to send, those to refuse, and those to hold. A record that was refused
 * before travels alone, so that it cannot take others down again, and takes turns with those that were not. A record
 * never overtakes an earlier one of its key.
 */
public final class BatchPlanner {
    private final BatchLimits limits;

    public BatchPlanner(BatchLimits limits) {
        this.limits = limits;
    }

    /** Whose turn it is when both wait. */
    public enum Turn {
        /** Records that were never refused. */
        FRESH,
        /** One record that was refused before. */
        RETRIED
    }

    /**
     * Plans one round.
     *
     * @param due records in ascending order; of a key, either none or a prefix of what is waiting
     * @param recordsMax most records to send, where fewer than the limits allow
     */
    public Plan plan(List<OutboxRecord> due, Screening screening, int recordsMax, Turn turn) {
        Round round = new Round(Math.min(recordsMax, limits.records()));
        due.forEach(record -> round.look(record, screening));
        return round.plan(turn);
    }

    /** The state of one round. */
    private final class Round {
        private final int recordsMax;
        private final List<OutboxRecord> chosen = new ArrayList<>();
        private final List<Plan.Stopped> unfit = new ArrayList<>();
        private final List<Plan.Stopped> held = new ArrayList<>();
        /** Keys of which a record is in the batch. */
        private final Set<MessageKey> moving = new HashSet<>();
        /** Keys of which a record stays, and so every later one. */
        private final Set<MessageKey> staying = new HashSet<>();

        private Optional<OutboxRecord> retried = Optional.empty();
        private long bytes;
        private boolean full;

        Round(int recordsMax) {
            this.recordsMax = recordsMax;
        }

        void look(OutboxRecord record, Screening screening) {
            if (staying.contains(record.key())) {
                return;
            }
            boolean goes = screening.screen(record).accept(new Screening.Result.Handler<Boolean>() {
                @Override
                public Boolean fit(Screening.Result.Fit result) {
                    return choose(record);
                }

                @Override
                public Boolean unfit(Screening.Result.Unfit result) {
                    stop(record, result.reason(), unfit);
                    return false;
                }

                @Override
                public Boolean topicClosed(Screening.Result.TopicClosed result) {
                    stop(record, result.reason(), held);
                    return false;
                }

                @Override
                public Boolean topicUnknown(Screening.Result.TopicUnknown result) {
                    return false;
                }
            });
            (goes ? moving : staying).add(record.key());
        }

        /** One that follows sound records of its key is looked at again once they have gone. */
        private void stop(OutboxRecord record, String reason, List<Plan.Stopped> where) {
            if (!moving.contains(record.key())) {
                where.add(new Plan.Stopped(record, reason));
            }
        }

        private boolean choose(OutboxRecord record) {
            if (record.failedAttempts() > 0) {
                retried = retried.isPresent() ? retried : Optional.of(record);
                return false;
            }
            long withIt = bytes + record.weightBytes();
            full = full || chosen.size() == recordsMax || (withIt > limits.bytes() && !chosen.isEmpty());
            if (full) {
                return false;
            }
            bytes = withIt;
            chosen.add(record);
            return true;
        }

        Plan plan(Turn turn) {
            boolean alone = retried.isPresent() && (turn == Turn.RETRIED || chosen.isEmpty());
            return new Plan(new Batch(alone ? List.of(retried.orElseThrow()) : chosen), unfit, held);
        }
    }
}
