package dev.assent.tx.coordinator;

import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.DecisionLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How transactions ended that acceptors decide. A record of COMMIT is the truth; that there is none says nothing, so then
 * the acceptors are asked: by somebody who may suspect the coordinator, as its epoch is over or the deadline past.
 * Waits for the store, and a few seconds for the acceptors.
 */
final class AcceptedOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptedOutcomes.class);

    /** Longer than acceptors are waited for by whoever terminates. */
    private static final long ANSWER_SECONDS_MAX = 10;

    private final DecisionLog log;
    private final Acceptors acceptors;
    private final Clock clock;

    AcceptedOutcomes(DecisionLog log, Acceptors acceptors, Clock clock) {
        this.log = log;
        this.acceptors = acceptors;
        this.clock = clock;
    }

    Outcome of(GlobalTxId id, boolean fenced) throws IOException {
        if (isCommitRecorded(id)) {
            return new Outcome.Committed();
        }
        if (!fenced && !id.isPastDeadline(clock.epochMillis())) {
            return new Outcome.Unknown("nothing is recorded of it, and its coordinator may be at work");
        }
        return asked(id).accept(new Conclusion(id));
    }

    private boolean isCommitRecorded(GlobalTxId id) throws IOException {
        return log.read(id) instanceof RecordRead.Found found && found.record().decision() == Decision.COMMIT;
    }

    private Acceptors.Answer asked(GlobalTxId id) {
        try {
            return acceptors
                    .terminate(id, Optional.empty())
                    .toCompletableFuture()
                    .get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Acceptors.Answer.Undecided("interrupted while its acceptors were asked");
        } catch (ExecutionException | TimeoutException none) {
            LOG.warn("the acceptors of {} gave no answer in time", id, none);
            return new Acceptors.Answer.Undecided("its acceptors did not answer in time");
        }
    }

    /** One method an answer. */
    private final class Conclusion implements Acceptors.Answer.Handler<Outcome> {
        private final GlobalTxId id;

        Conclusion(GlobalTxId id) {
            this.id = id;
        }

        @Override
        public Outcome chosen(Acceptors.Answer.Chosen answer) {
            return switch (answer.decision()) {
                case COMMIT -> {
                    CompletionStage<Void> unused = log.record(id, List.of());
                    yield new Outcome.Committed();
                }
                case ABORT -> new Outcome.RolledBack("its acceptors chose ABORT, as its coordinator was suspected");
            };
        }

        /** A COMMIT was recorded before anybody forgot; so the record is looked for once more, now. */
        @Override
        public Outcome forgotten(Acceptors.Answer.Forgotten answer) {
            try {
                if (isCommitRecorded(id)) {
                    return new Outcome.Committed();
                }
                return log.everDeletedUpTo(id.key().shardKey()) >= id.deadlineEpochMillis()
                        ? new Outcome.Unknown("it ended so long ago that its record may have been deleted", true)
                        : new Outcome.RolledBack("its acceptors have forgotten it, and no COMMIT of it is recorded");
            } catch (IOException e) {
                return new Outcome.Unknown("the store cannot be asked now: " + e.getMessage());
            }
        }

        @Override
        public Outcome undecided(Acceptors.Answer.Undecided answer) {
            return new Outcome.Unknown(answer.why());
        }
    }
}
