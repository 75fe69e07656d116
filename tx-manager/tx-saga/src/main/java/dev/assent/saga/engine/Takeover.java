package dev.assent.saga.engine;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.spi.SagaLog;
import dev.assent.saga.spi.Timers;
import dev.assent.tx.bulkhead.ThrottledLog;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for sagas whose executor has died and claims them, and those of this process that it does not execute: whose start
 * was never answered. Whether somebody is dead is a guess, and a wrong one costs a change of executors, nothing else. On
 * the timers' thread only.
 */
final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    /** Claims that wait for the store at once. */
    static final int CLAIMS_MAX = 64;

    /** The pause between looks while there is more to claim than that. */
    static final long BUSY_MILLIS = 50;

    /** One look in so many is for sagas of our own that we do not execute. */
    static final int OWN_EVERY = 10;

    private final ProcessId self;
    private final SagaLog log;
    private final Timers timers;
    private final ExecutorSettings settings;
    private final Host host;
    private final Set<SagaId> leftAlone = new TreeSet<>();
    private final ThrottledLog away = new ThrottledLog();
    private int looks;
    private boolean stopped;

    /** Whoever executes what was taken over. */
    interface Host {
        /** Whether the saga can be taken over; if so it counts as coming until {@link #release}. */
        boolean hasRoomFor(SagaId saga);

        void release(SagaId saga);

        /** Empty if this process does not know how to go on with it. */
        Optional<SagaPlan> plan(SagaHeader header);

        void resume(SagaPlan plan, SagaRecord record);
    }

    Takeover(ProcessId self, SagaLog log, Timers timers, ExecutorSettings settings, Host host) {
        this.self = self;
        this.log = log;
        this.timers = timers;
        this.settings = settings;
        this.host = host;
    }

    void begin() {
        scan();
    }

    void stop() {
        stopped = true;
    }

    private void scan() {
        if (stopped) {
            return;
        }
        boolean isForOwn = looks++ % OWN_EVERY == 0;
        CompletionStage<Void> unused = log.announce(self)
                .thenCompose(announced -> log.executors())
                .thenCompose(executors -> log.alive().thenCompose(alive -> listAll(executors, alive, isForOwn)))
                .handle((found, failed) -> {
                    timers.run(() -> {
                        if (failed == null) {
                            claimSome(found);
                        } else {
                            away.say(more -> LOG.warn(
                                    "whether sagas wait for an executor is not known, the store does not answer: {}{}",
                                    failed,
                                    more));
                            again(settings.scanMillis());
                        }
                    });
                    return null;
                });
    }

    private void again(long millis) {
        if (!stopped) {
            timers.after(millis, this::scan);
        }
    }

    private CompletionStage<Map<SagaId, ProcessId>> listAll(
            Set<ProcessId> executors, Set<ProcessId> alive, boolean isForOwn) {
        CompletionStage<Map<SagaId, ProcessId>> all = CompletableFuture.completedStage(new TreeMap<>());
        for (ProcessId executor : new TreeSet<>(executors)) {
            if (executor.equals(self) ? isForOwn : !alive.contains(executor)) {
                all = all.thenCombine(log.runsOf(executor), (found, sagas) -> {
                    sagas.forEach(saga -> found.put(saga, executor));
                    return found;
                });
                if (!executor.equals(self)) {
                    all = all.thenCompose(found -> log.dismiss(executor).thenApply(dismissed -> found));
                }
            }
        }
        return all;
    }

    private void claimSome(Map<SagaId, ProcessId> found) {
        leftAlone.retainAll(found.keySet());
        Map<SagaId, ProcessId> chosen = new LinkedHashMap<>();
        // Others look at the same list: begin at different places.
        Map<SagaId, Double> drawn = new TreeMap<>();
        found.keySet().forEach(saga -> drawn.put(saga, timers.draw()));
        drawn.entrySet().stream()
                .sorted(Map.Entry.<SagaId, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .filter(saga -> !leftAlone.contains(saga) && chosen.size() < CLAIMS_MAX && host.hasRoomFor(saga))
                .forEach(saga ->
                        chosen.put(saga, Optional.ofNullable(found.get(saga)).orElse(self)));
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (Map.Entry<SagaId, ProcessId> one : chosen.entrySet()) {
            all = all.thenCombine(takeOver(one.getKey(), one.getValue()), (before, now) -> null);
        }
        CompletionStage<Void> unused = all.thenRun(
                () -> timers.run(() -> again(chosen.size() < CLAIMS_MAX ? settings.scanMillis() : BUSY_MILLIS)));
    }

    /** Never fails; what does not work is tried again with the next look. */
    private CompletionStage<Void> takeOver(SagaId saga, ProcessId from) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletionStage<Void> unused = log.read(saga)
                .thenCompose(
                        record -> record.isPresent() && isKnown(record.get().header())
                                ? log.claim(saga, from, self).thenCompose(claim -> readAs(saga, claim))
                                : CompletableFuture.completedStage(Optional.<SagaRecord>empty()))
                .handle((record, failed) -> {
                    timers.run(() -> {
                        host.release(saga);
                        if (failed != null) {
                            LOG.debug("saga {} is not taken over yet: {}", saga, failed.toString());
                        } else {
                            record.ifPresent(held -> resume(held, from));
                        }
                        over.complete(null);
                    });
                    return null;
                });
        return over;
    }

    /** The log as its former executor left it: whatever he wrote he wrote before the claim. */
    private CompletionStage<Optional<SagaRecord>> readAs(SagaId saga, Optional<Claim> claim) {
        if (claim.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        return log.read(saga)
                .thenApply(record -> record.filter(read -> read.claim().equals(claim.get())));
    }

    private boolean isKnown(SagaHeader header) {
        if (host.plan(header).isPresent()) {
            return true;
        }
        timers.run(() -> tellLeftAlone(header));
        return false;
    }

    private void tellLeftAlone(SagaHeader header) {
        if (leftAlone.add(header.id())) {
            LOG.warn(
                    "saga {} waits for a process that knows definition {} version {} with the steps {}; start one,"
                            + " or register the definition here",
                    header.id(),
                    header.name(),
                    header.version(),
                    header.shape());
        }
    }

    private void resume(SagaRecord record, ProcessId from) {
        Optional<SagaPlan> plan = host.plan(record.header());
        if (plan.isPresent() && !stopped) {
            LOG.info("saga {} of process {} goes on here", record.header().id(), from);
            host.resume(plan.get(), record);
        }
    }
}
