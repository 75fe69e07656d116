package dev.assent.tx.coordinator;

import dev.assent.event.EventStream;
import dev.assent.event.RecoveryEvent;
import dev.assent.time.Clock;
import dev.assent.tx.admin.TransactionMetrics;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.spi.ResourceManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what dead coordinators left in the registered resources, and keeps the store tidy. Thread-safe.
 *
 * <p>It fences the dead and takes the census; then each resource has passes of its own ({@link ResourceRecovery}),
 * which no other resource can hold up, and whoever is elected for it collects records ({@link Collector}). All of
 * this runs on threads that wait for the store at most; resources answer on their own.
 */
public final class RecoveryWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryWorker.class);

    /** How long work under way is waited for at the end, all of it together. */
    static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private static final long TRIGGER_PAUSE_MILLIS = 20;

    private final Context around;
    private final OneAtATime census;
    private final OneAtATime collecting;
    private final Collector collector;
    private volatile Optional<EpochCensus> latest = Optional.empty();
    private final Map<ResourceName.Hash, ResourceRecovery> resources;
    private volatile Runnable beforePass = () -> {};
    private volatile boolean storeAway;
    private volatile boolean closed;

    /**
     * What recovery needs around it.
     *
     * @param events told what recovery meets and does
     * @param endingHere the transactions that this process is ending itself
     * @param rolledBack told each transaction of which a prepared branch was rolled back, and why
     * @param registered the resources of this process
     * @param points the tables of decisions among them
     * @param acceptors who decide three-phase transactions
     */
    record Context(
            CoordinatorStore store,
            Workers workers,
            Clock clock,
            CoordinatorSettings.Recovery settings,
            TransactionMetrics metrics,
            EventStream events,
            Predicate<GlobalTxId> endingHere,
            BiConsumer<GlobalTxId, String> rolledBack,
            RegisteredResources registered,
            PointTables points,
            Acceptors acceptors) {

        /** A pass over {@code what}, a resource or the store, could not be made. */
        void failed(String what, Throwable cause) {
            metrics.recoveryFailed();
            if (events.isHeard()) {
                events.tell(new RecoveryEvent.Failed(what, String.valueOf(cause.getMessage())));
            }
        }
    }

    RecoveryWorker(Context around) {
        this.around = around;
        this.resources = around.registered().all();
        this.census = new OneAtATime(around.workers(), TRIGGER_PAUSE_MILLIS, this::takeCensus);
        this.collector = new Collector(around);
        this.collecting = new OneAtATime(around.workers(), TRIGGER_PAUSE_MILLIS, this::collect);
    }

    /** Runs {@code action} before each census, for instance to arm a watch. */
    public void onPass(Runnable action) {
        beforePass = action;
    }

    /** Begins the regular passes, the first one at once. */
    public void start() {
        around.workers().every(around.settings().interval().toMillis(), this::trigger);
        trigger();
    }

    /** Asks for a pass soon; many asks make one pass. */
    public void trigger() {
        if (!closed) {
            census.ask();
        }
    }

    /**
     * Takes a resource in, in place of an earlier one of the same name. Whether the name stands for it is asked at
     * once, and until that is known the resource takes no part.
     *
     * @return why the resource is not taken in, as far as that is learnt within {@code patience}; empty when it is
     */
    Optional<String> add(ResourceManager resource, Duration patience) {
        ResourceRecovery added = new ResourceRecovery(around, resource, () -> latest);
        added.begin();
        added.claim().awaitKnown(patience);
        Optional<NameClaim.Objection> refusal = added.claim().objection().filter(objection -> !objection.mayPass());
        if (refusal.isPresent()) {
            added.close();
        } else {
            put(added);
        }
        return refusal.map(NameClaim.Objection::why);
    }

    /** The same without waiting; the same resource again changes nothing. */
    void addSoon(ResourceManager resource) {
        ResourceName.Hash hash = new ResourceName(resource.name()).hash();
        ResourceRecovery known = resources.get(hash);
        if (known == null) {
            ResourceRecovery added = new ResourceRecovery(around, resource, () -> latest);
            known = resources.putIfAbsent(hash, added);
            if (known == null) {
                added.begin();
                added.ask();
                return;
            }
        }
        if (known.resource().equals(resource)) {
            known.ask();
        } else {
            ResourceRecovery added = new ResourceRecovery(around, resource, () -> latest);
            added.begin();
            put(added);
        }
    }

    private void put(ResourceRecovery added) {
        ResourceRecovery earlier =
                resources.put(new ResourceName(added.resource().name()).hash(), added);
        if (earlier != null) {
            earlier.close();
            earlier.awaitEnd(CLOSE_PATIENCE);
        }
        added.ask();
    }

    /** Lets a resource go, and its role with it: whoever else has it registered may take that. */
    void remove(ResourceName name) {
        ResourceRecovery gone = resources.remove(name.hash());
        if (gone != null) {
            gone.depart();
        }
    }

    /** The names of all resources of this process, in order. */
    List<String> resources() {
        return resources.values().stream()
                .map(known -> known.resource().name())
                .sorted()
                .toList();
    }

    /** The name that branches carry the hash of, if a resource of this process has it. */
    Optional<String> nameOf(ResourceName.Hash hash) {
        return Optional.ofNullable(resources.get(hash))
                .map(known -> known.resource().name());
    }

    /**
     * Who ends branches in the resource of this process that has that name. While it is not known that the name stands
     * for it nothing is told to it: another resource would say that it knows no such branch.
     */
    Optional<Participant> recoverer(ResourceName.Hash hash) {
        return Optional.ofNullable(resources.get(hash)).map(known -> known.claim()
                .objection()
                .<Participant>map(objection -> new Withheld(objection.why()))
                .orElseGet(known.resource()::recoverer));
    }

    /**
     * Why no branch may be made under that name in this process now; empty when one may. Waits, but not longer than
     * {@code patience}, while it is not known yet.
     */
    Optional<NameClaim.Objection> objection(ResourceName name, Duration patience) {
        ResourceRecovery known = resources.get(name.hash());
        if (known == null) {
            return Optional.of(new NameClaim.Objection(
                    "resource '" + name.text() + "' is not registered: register it before it takes part, so that its"
                            + " branches can be recovered",
                    false));
        }
        if (!known.claim().isKnown()) {
            known.claim().awaitKnown(patience);
        }
        return known.claim().objection();
    }

    private void takeCensus() {
        try {
            beforePass.run();
            latest = Optional.of(fenceTheDead(around.store().epochs().census()));
            if (storeAway) {
                storeAway = false;
                LOG.info("recovery goes on: the store answers again");
            }
        } catch (IOException e) {
            around.failed("store", e);
            if (!storeAway) {
                storeAway = true;
                LOG.warn("recovery waits for the store: {}", e.getMessage());
            }
            return;
        }
        resources.values().forEach(ResourceRecovery::ask);
        collecting.ask();
    }

    private EpochCensus fenceTheDead(EpochCensus seen) throws IOException {
        boolean fenced = false;
        for (long incarnation : seen.deadAndUnfenced()) {
            try {
                around.store().epochs().fence(incarnation);
                fenced = true;
                around.metrics().epochFenced();
                if (around.events().isHeard()) {
                    around.events().tell(new RecoveryEvent.Fenced(incarnation));
                }
                LOG.info("incarnation {} is dead; its epoch is fenced", incarnation);
            } catch (IOException e) {
                around.failed("store", e);
                LOG.warn("incarnation {} is dead and could not be fenced yet: {}", incarnation, e.getMessage());
            }
        }
        return fenced ? around.store().epochs().census() : seen;
    }

    private void collect() {
        Optional<EpochCensus> epochs = latest;
        if (closed || epochs.isEmpty()) {
            return;
        }
        try {
            collector.collect(epochs.get());
        } catch (IOException e) {
            around.failed("store", e);
            LOG.debug("records will be collected later", e);
        }
    }

    /** No new pass begins, and the roles are given up; waits for a pass under way, but for no resource. */
    @Override
    public void close() {
        closed = true;
        census.close();
        collecting.close();
        resources.values().forEach(ResourceRecovery::close);
        long endNanos = around.clock().nanos() + CLOSE_PATIENCE.toNanos();
        census.awaitEnd(CLOSE_PATIENCE);
        collecting.awaitEnd(leftUntil(endNanos));
        resources.values().forEach(resource -> resource.awaitEnd(leftUntil(endNanos)));
    }

    private Duration leftUntil(long endNanos) {
        return Duration.ofNanos(endNanos - around.clock().nanos());
    }
}
