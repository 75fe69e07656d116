package dev.assent.saga.sim;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.spi.SagaLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The store as one process reaches it: requests and answers take time, and get lost. */
final class SimLog implements SagaLog {
    private final SimWorld world;
    private final SimStore store;
    private final SimFaults faults;
    private final SimProcess process;
    private final Flaw flaw;

    SimLog(SimWorld world, SimStore store, SimFaults faults, SimProcess process, Flaw flaw) {
        this.world = world;
        this.store = store;
        this.faults = faults;
        this.process = process;
        this.flaw = flaw;
    }

    /** A request that is lost, or whose answer is, fails after a while; one that is late is executed all the same. */
    private <T> CompletableFuture<T> ask(Supplier<T> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        process.effect("request");
        long there = faults.delay();
        if (faults.losesRequest()) {
            world.after(there + 50, () -> answer.completeExceptionally(new IOException("lost")));
            return answer;
        }
        boolean lost = faults.losesAnswer();
        world.after(lost ? there + faults.lateness() : there, () -> {
            T said = request.get();
            process.effect("executed");
            if (!lost) {
                world.after(faults.delay(), () -> answer.complete(said));
            }
        });
        if (lost) {
            world.after(there + 50, () -> answer.completeExceptionally(new IOException("answer lost")));
        }
        return answer;
    }

    @Override
    public CompletionStage<Void> announce(ProcessId executor) {
        return ask(() -> {
            process.announced();
            return null;
        });
    }

    @Override
    public CompletionStage<Optional<Claim>> start(ProcessId executor, SagaHeader header, SagaEntry first) {
        return ask(() -> store.start(executor, header, first));
    }

    @Override
    public CompletionStage<Appended> append(Claim claim, SagaEntry entry) {
        CompletableFuture<Appended> appended = ask(() -> store.append(claim, entry));
        if (flaw == Flaw.ACKNOWLEDGED_BEFORE_DURABLE) {
            return CompletableFuture.completedStage(Appended.RECORDED);
        }
        return flaw == Flaw.LOST_ANSWER_IS_SUCCESS ? appended.exceptionally(lost -> Appended.RECORDED) : appended;
    }

    @Override
    public CompletionStage<Optional<SagaRecord>> read(SagaId saga) {
        return ask(() -> store.read(saga));
    }

    @Override
    public CompletionStage<Optional<Claim>> claim(SagaId saga, ProcessId from, ProcessId by) {
        return ask(() -> store.claim(saga, from, by));
    }

    @Override
    public CompletionStage<Set<ProcessId>> executors() {
        return ask(store::executors);
    }

    @Override
    public CompletionStage<Set<ProcessId>> alive() {
        return ask(() -> new TreeSet<>(store.alive));
    }

    @Override
    public CompletionStage<List<SagaId>> runsOf(ProcessId executor) {
        return ask(() -> List.copyOf(store.runs.getOrDefault(executor, Set.of())));
    }

    @Override
    public CompletionStage<Void> dismiss(ProcessId executor) {
        return ask(() -> {
            store.dismiss(executor);
            return null;
        });
    }

    @Override
    public CompletionStage<List<EndedSlot>> endedSlots() {
        return ask(store::endedSlots);
    }

    @Override
    public CompletionStage<List<SagaId>> endedIn(EndedSlot slot) {
        return ask(() -> store.endedIn(slot));
    }

    @Override
    public CompletionStage<Void> forget(EndedSlot slot, List<SagaId> sagas) {
        return ask(() -> {
            store.forget(slot, sagas);
            return null;
        });
    }
}
