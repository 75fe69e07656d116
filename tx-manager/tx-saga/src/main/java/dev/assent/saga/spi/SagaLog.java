package dev.assent.saga.spi;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Step logs, who executes which saga, and which executors are alive.
 *
 * <p>A stage that fails ({@link java.io.IOException}) says nothing of the request's effect: it may be made later still.
 * Every request may be repeated by the process that made it, word for word, until it is answered; the answer is then
 * that of the first one that had an effect. No method blocks; answers may come on any thread.
 */
public interface SagaLog {

    /** What became of an entry. */
    enum Appended {
        /** It is in the log, for good. */
        RECORDED,
        /** Another process has claimed the saga; nothing can be written under this epoch any more. */
        FENCED
    }

    /** Sagas that ended at about the same time: before {@code endMillis}, epoch time. */
    record EndedSlot(String name, long endMillis) {}

    /** Says that this process is alive, until its session with the store ends. Repeated now and then. */
    CompletionStage<Void> announce(ProcessId process);

    /**
     * Creates a saga with its first entry, whose epoch is ignored: that of the answer counts.
     *
     * @return empty if there is a saga of that id already that this process did not start with this very header
     */
    CompletionStage<Optional<Claim>> start(ProcessId executor, SagaHeader header, SagaEntry first);

    /** Writes an entry. With the last one the saga stops being anybody's and is kept for the retention. */
    CompletionStage<Appended> append(Claim claim, SagaEntry entry);

    /** Everything about a saga, no older than this request; empty if there is none, or not any more. */
    CompletionStage<Optional<SagaRecord>> read(SagaId saga);

    /**
     * Takes a saga over, so that its executor so far writes nothing more.
     *
     * @param from who executes it as far as the caller knows
     * @return empty if somebody else executes it by now, or it has ended
     */
    CompletionStage<Optional<Claim>> claim(SagaId saga, ProcessId from, ProcessId by);

    /** Processes that have sagas, or had. To be asked before {@link #alive}, so that nobody is taken for dead. */
    CompletionStage<Set<ProcessId>> executors();

    /** Processes whose session with the store lives, no older than this request. A hint: only epochs decide. */
    CompletionStage<Set<ProcessId>> alive();

    /** Sagas of an executor that have not ended. */
    CompletionStage<List<SagaId>> runsOf(ProcessId executor);

    /** Forgets a process that is not alive and has no sagas; otherwise nothing happens. */
    CompletionStage<Void> dismiss(ProcessId executor);

    /** Where ended sagas lie. */
    CompletionStage<List<EndedSlot>> endedSlots();

    CompletionStage<List<SagaId>> endedIn(EndedSlot slot);

    /** Deletes ended sagas, and the slot if nothing is left in it. What is gone already is passed over. */
    CompletionStage<Void> forget(EndedSlot slot, List<SagaId> sagas);
}
