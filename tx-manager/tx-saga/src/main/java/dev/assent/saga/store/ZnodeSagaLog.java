package dev.assent.saga.store;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.spi.SagaLog;
import dev.assent.store.Deadline;
import dev.assent.store.MultiReply;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@link SagaLog} on znodes. Thread-safe. A request that is not answered within the store's request time-out fails, and its
 * session is left for another one, as its server may answer pings and nothing else; its ephemeral was a hint only.
 */
public final class ZnodeSagaLog implements SagaLog {
    private static final byte[] NOTHING = new byte[0];

    private final StoreSession session;
    private final SetAside aside;
    private final RecordReader reader;
    private final Reaper reaper;

    private ZnodeSagaLog(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
        reader = new RecordReader(session, aside);
        reaper = new Reaper(session);
    }

    /**
     * Lays the folders out if need be. Blocks.
     *
     * @throws IOException the store did not answer in time, or does not allow it
     */
    public static ZnodeSagaLog open(StoreSession session, SetAside aside) throws IOException {
        for (String folder : SagaLayout.folders()) {
            session.createIfMissing(
                    new StoreOp.Create(folder, NOTHING),
                    Deadline.in(session.config().requestTimeout()));
        }
        return new ZnodeSagaLog(session, aside);
    }

    /**
     * For who only reads, in a store where sagas were started; empty if none was. Blocks, and lays nothing out.
     *
     * @throws IOException the store did not answer in time, or does not allow it
     */
    public static Optional<ZnodeSagaLog> existing(StoreSession session, SetAside aside) throws IOException {
        return session.await(session.exists(SagaLayout.ENDED), "looking for sagas")
                .map(there -> new ZnodeSagaLog(session, aside));
    }

    @Override
    public CompletionStage<Void> announce(ProcessId process) {
        String path = SagaLayout.alive(process);
        return bounded(() -> session.exists(path)
                .thenCompose(there -> there.isPresent()
                        ? CompletableFuture.<Void>completedStage(null)
                        : Answers.unless(session.create(StoreOp.Create.ephemeral(path, NOTHING)), StoreCode.NODEEXISTS)
                                .thenCompose(announced -> makeFolder(SagaLayout.runs(process)))));
    }

    private CompletionStage<Void> makeFolder(String path) {
        return Answers.unless(session.create(path, NOTHING), StoreCode.NODEEXISTS);
    }

    private <T> CompletionStage<T> bounded(Supplier<CompletionStage<T>> request) {
        long asked = session.sessionId();
        CompletableFuture<T> answer = request.get()
                .toCompletableFuture()
                .copy()
                .orTimeout(session.config().requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return answer.whenComplete((said, failed) -> {
            if (failed instanceof TimeoutException) {
                session.leave(asked);
            }
        });
    }

    // ---- writing

    @Override
    public CompletionStage<Optional<Claim>> start(ProcessId executor, SagaHeader header, SagaEntry first) {
        SagaId id = header.id();
        List<StoreOp> operations = List.of(
                new StoreOp.Create(SagaLayout.log(id), SagaCodec.header(header)),
                new StoreOp.Create(SagaLayout.executor(id), executor.text().getBytes(StandardCharsets.US_ASCII)),
                new StoreOp.Create(SagaLayout.entry(id, first.number()), SagaCodec.entry(first)),
                new StoreOp.Create(SagaLayout.run(executor, id), NOTHING));
        return bounded(() -> withFolder(operations, operations.size() - 1, SagaLayout.runs(executor))
                .thenCompose(reply -> {
                    if (reply.isApplied()) {
                        return CompletableFuture.completedStage(Optional.of(new Claim(id, executor, 0)));
                    }
                    if (reply.code() == StoreCode.NODEEXISTS && reply.failedOperation() == 0) {
                        return reader.read(id).thenApply(record -> ours(record, executor, header));
                    }
                    return Answers.failed(reply, "starting saga " + id);
                }));
    }

    /** Whether what is there is what this process has made itself, in an attempt whose answer was lost. */
    private static Optional<Claim> ours(Optional<SagaRecord> record, ProcessId executor, SagaHeader header) {
        return record.filter(there -> there.header().equals(header)
                        && there.claim().executor().equals(executor)
                        && there.progress().outcome().isEmpty())
                .map(SagaRecord::claim);
    }

    /** Makes the folder of the operation at {@code place} if that turns out to be missing, and tries once more. */
    private CompletionStage<MultiReply> withFolder(List<StoreOp> operations, int place, String folder) {
        return session.multi(operations)
                .thenCompose(reply -> reply.code() == StoreCode.NONODE && reply.failedOperation() == place
                        ? makeFolder(folder).thenCompose(made -> session.multi(operations))
                        : CompletableFuture.completedStage(reply));
    }

    @Override
    public CompletionStage<Appended> append(Claim claim, SagaEntry entry) {
        SagaId id = claim.saga();
        List<StoreOp> operations = new ArrayList<>();
        operations.add(new StoreOp.Check(SagaLayout.executor(id), claim.epoch()));
        operations.add(new StoreOp.Create(SagaLayout.entry(id, entry.number()), SagaCodec.entry(entry)));
        EndedSlot slot = SagaLayout.slotAt(entry.atMillis());
        if (entry.isLast()) {
            operations.add(new StoreOp.Delete(SagaLayout.run(claim.executor(), id), -1));
            operations.add(new StoreOp.Create(SagaLayout.ended(slot, id), NOTHING));
        }
        int last = entry.isLast() ? operations.size() - 1 : -1;
        return bounded(() ->
                withFolder(operations, last, SagaLayout.slot(slot)).thenCompose(reply -> appended(reply, id, entry)));
    }

    private CompletionStage<Appended> appended(MultiReply reply, SagaId id, SagaEntry entry) {
        if (reply.isApplied()) {
            return CompletableFuture.completedStage(Appended.RECORDED);
        }
        boolean isOthers = reply.code() == StoreCode.BADVERSION || reply.code() == StoreCode.NONODE;
        if (isOthers && reply.failedOperation() == 0) {
            return CompletableFuture.completedStage(Appended.FENCED);
        }
        if (reply.code() == StoreCode.NODEEXISTS && reply.failedOperation() == 1) {
            return reader.holds(id, entry).thenApply(same -> same ? Appended.RECORDED : Appended.FENCED);
        }
        return Answers.failed(reply, "entry " + entry.number() + " of saga " + id);
    }

    @Override
    public CompletionStage<Optional<Claim>> claim(SagaId saga, ProcessId from, ProcessId by) {
        return bounded(() -> reader.executor(saga)
                .thenCompose(executor -> executor.isPresent()
                        ? claim(saga, from, by, executor.get())
                        : CompletableFuture.completedStage(Optional.<Claim>empty())));
    }

    private CompletionStage<Optional<Claim>> claim(SagaId saga, ProcessId from, ProcessId by, Node executor) {
        ProcessId current = RecordReader.process(executor);
        if (!current.equals(from) && !current.equals(by)) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        int version = executor.stat().version();
        List<StoreOp> operations = new ArrayList<>();
        operations.add(
                new StoreOp.SetData(SagaLayout.executor(saga), by.text().getBytes(StandardCharsets.US_ASCII), version));
        if (current.equals(by)) {
            operations.add(new StoreOp.Check(SagaLayout.run(by, saga), -1));
        } else {
            operations.add(new StoreOp.Delete(SagaLayout.run(from, saga), -1));
            operations.add(new StoreOp.Create(SagaLayout.run(by, saga), NOTHING));
        }
        return withFolder(operations, 2, SagaLayout.runs(by)).thenCompose(reply -> {
            if (reply.isApplied()) {
                return CompletableFuture.completedStage(Optional.of(new Claim(saga, by, version + 1)));
            }
            // Claimed by another meanwhile, or it has ended and is on nobody's list.
            boolean isOver = reply.code() == StoreCode.BADVERSION || reply.code() == StoreCode.NONODE;
            return isOver && reply.failedOperation() < 2
                    ? CompletableFuture.completedStage(Optional.empty())
                    : Answers.failed(reply, "claiming saga " + saga);
        });
    }

    // ---- reading

    @Override
    public CompletionStage<Optional<SagaRecord>> read(SagaId saga) {
        return bounded(() -> reader.read(saga));
    }

    @Override
    public CompletionStage<Set<ProcessId>> executors() {
        return bounded(() -> reader.list(SagaLayout.RUNS).thenApply(this::processes));
    }

    @Override
    public CompletionStage<Set<ProcessId>> alive() {
        return bounded(() -> reader.list(SagaLayout.ALIVE).thenApply(this::processes));
    }

    private Set<ProcessId> processes(List<String> names) {
        Set<ProcessId> processes = new TreeSet<>();
        names.forEach(name -> named(SagaLayout.RUNS, name, ProcessId::new).ifPresent(processes::add));
        return processes;
    }

    private <T> Optional<T> named(String folder, String name, Function<String, T> made) {
        try {
            return Optional.of(made.apply(name));
        } catch (IllegalArgumentException foreign) {
            aside.report(
                    folder + "/" + name,
                    "nothing of ours has such a name",
                    "Delete it, unless another program needs it there");
            return Optional.empty();
        }
    }

    @Override
    public CompletionStage<List<SagaId>> runsOf(ProcessId executor) {
        return bounded(() ->
                reader.list(SagaLayout.runs(executor)).thenApply(names -> sagas(SagaLayout.runs(executor), names)));
    }

    private List<SagaId> sagas(String folder, List<String> names) {
        return names.stream()
                .flatMap(name -> named(folder, name, SagaId::new).stream())
                .toList();
    }

    @Override
    public CompletionStage<Void> dismiss(ProcessId executor) {
        return bounded(() ->
                Answers.unless(session.delete(SagaLayout.runs(executor), -1), StoreCode.NOTEMPTY, StoreCode.NONODE));
    }

    // ---- what has ended

    @Override
    public CompletionStage<List<EndedSlot>> endedSlots() {
        return bounded(() -> reader.list(SagaLayout.ENDED).thenApply(names -> names.stream()
                .flatMap(name -> named(SagaLayout.ENDED, name, SagaLayout::slot).stream())
                .toList()));
    }

    @Override
    public CompletionStage<List<SagaId>> endedIn(EndedSlot slot) {
        return bounded(
                () -> reader.list(SagaLayout.slot(slot)).thenApply(names -> sagas(SagaLayout.slot(slot), names)));
    }

    @Override
    public CompletionStage<Void> forget(EndedSlot slot, List<SagaId> sagas) {
        return bounded(() -> reaper.forget(slot, sagas));
    }
}
