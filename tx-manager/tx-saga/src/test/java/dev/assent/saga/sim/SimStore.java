package dev.assent.saga.sim;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.spi.SagaLog.Appended;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the store has: one request after the other, as its proposals are. */
final class SimStore {
    /** Ended sagas share a slot for so long. */
    static final long SLOT_MILLIS = 10_000;

    private final SimWorld world;
    private final Flaw flaw;
    private final SagaTrace trace;
    final Map<SagaId, Log> logs = new TreeMap<>();
    final Map<ProcessId, Set<SagaId>> runs = new TreeMap<>();
    final Map<Long, Set<SagaId>> ended = new TreeMap<>();
    final Set<ProcessId> alive = new TreeSet<>();

    /** One saga. */
    static final class Log {
        final SagaHeader header;
        ProcessId executor;
        int epoch;

        @Nullable
        List<SagaEntry> beforeClaim;

        final List<SagaEntry> entries = new ArrayList<>();

        Log(SagaHeader header, ProcessId executor) {
            this.header = header;
            this.executor = executor;
        }

        Claim claim() {
            return new Claim(header.id(), executor, epoch);
        }

        boolean hasEnded() {
            return entries.get(entries.size() - 1).isLast();
        }

        SagaRecord record() {
            return new SagaRecord(header, claim(), entries);
        }
    }

    SimStore(SimWorld world, Flaw flaw, SagaTrace trace) {
        this.world = world;
        this.flaw = flaw;
        this.trace = trace;
    }

    Optional<Claim> start(ProcessId executor, SagaHeader header, SagaEntry first) {
        Log known = logs.get(header.id());
        if (known == null) {
            Log log = new Log(header, executor);
            log.entries.add(first);
            logs.put(header.id(), log);
            runsOf(executor).add(header.id());
            trace.started(executor);
            return Optional.of(log.claim());
        }
        boolean ours = known.executor.equals(executor) && known.header.equals(header) && !known.hasEnded();
        return ours ? Optional.of(known.claim()) : Optional.empty();
    }

    private Set<SagaId> runsOf(ProcessId executor) {
        return runs.computeIfAbsent(executor, first -> new TreeSet<>());
    }

    Appended append(Claim claim, SagaEntry entry) {
        Log log = logs.get(claim.saga());
        if (log == null || (log.epoch != claim.epoch() && flaw != Flaw.NO_FENCE_ON_APPEND)) {
            return Appended.FENCED;
        }
        if (entry.number() < log.entries.size()) {
            return log.entries.get(entry.number()).equals(entry) || flaw == Flaw.NO_FENCE_ON_APPEND
                    ? Appended.RECORDED
                    : Appended.FENCED;
        }
        log.entries.add(entry);
        trace.appended(claim.executor(), entry.events());
        world.tell("recorded " + claim.saga() + " " + entry);
        if (entry.isLast()) {
            runsOf(log.executor).remove(claim.saga());
            ended.computeIfAbsent(world.now() / SLOT_MILLIS, first -> new TreeSet<>())
                    .add(claim.saga());
        }
        return Appended.RECORDED;
    }

    Optional<SagaRecord> read(SagaId saga) {
        return Optional.ofNullable(logs.get(saga)).map(log -> {
            List<SagaEntry> stale = log.beforeClaim;
            return flaw == Flaw.STALE_READ_AFTER_CLAIM && stale != null
                    ? new SagaRecord(log.header, log.claim(), stale)
                    : log.record();
        });
    }

    Optional<Claim> claim(SagaId saga, ProcessId from, ProcessId by) {
        Log log = logs.get(saga);
        if (log == null || log.hasEnded() || !log.executor.equals(from)) {
            return log != null && !log.hasEnded() && log.executor.equals(by)
                    ? Optional.of(log.claim())
                    : Optional.empty();
        }
        log.beforeClaim = List.copyOf(log.entries.subList(0, Math.max(1, log.entries.size() - 1)));
        log.executor = by;
        if (flaw != Flaw.CLAIM_KEEPS_EPOCH) {
            log.epoch++;
        }
        if (flaw != Flaw.CLAIM_LEAVES_THE_LIST) {
            runsOf(from).remove(saga);
            runsOf(by).add(saga);
        }
        trace.claimed(by);
        world.tell("claimed " + log.claim());
        return Optional.of(log.claim());
    }

    void dismiss(ProcessId executor) {
        if (!alive.contains(executor) && runsOf(executor).isEmpty()) {
            runs.remove(executor);
        }
    }

    Set<ProcessId> executors() {
        return flaw == Flaw.NOBODY_TAKES_OVER ? Set.of() : new TreeSet<>(runs.keySet());
    }

    List<EndedSlot> endedSlots() {
        List<EndedSlot> slots = new ArrayList<>();
        for (long slot : ended.keySet()) {
            boolean early = flaw == Flaw.FORGETS_TOO_EARLY || flaw == Flaw.FORGETS_THE_LIVING;
            long end = early ? Long.MIN_VALUE : (slot + 1) * SLOT_MILLIS;
            slots.add(new EndedSlot(Long.toString(slot), end));
        }
        return slots;
    }

    List<SagaId> endedIn(EndedSlot slot) {
        if (flaw == Flaw.FORGETS_THE_LIVING) {
            return logs.values().stream()
                    .filter(log -> !log.hasEnded())
                    .map(log -> log.header.id())
                    .toList();
        }
        return List.copyOf(ended.getOrDefault(Long.parseLong(slot.name()), Set.of()));
    }

    void forget(EndedSlot slot, List<SagaId> sagas) {
        sagas.forEach(logs::remove);
        Set<SagaId> left = ended.getOrDefault(Long.parseLong(slot.name()), new TreeSet<>());
        left.removeAll(sagas);
        if (left.isEmpty()) {
            ended.remove(Long.parseLong(slot.name()));
        }
    }
}
