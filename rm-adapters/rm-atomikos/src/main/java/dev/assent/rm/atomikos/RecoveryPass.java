package dev.assent.rm.atomikos;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.recovery.xa.XARecoveryManager;
import dev.assent.store.Deadline;
import dev.assent.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the branches that coordinators left prepared. One pass:
 *
 * <ol>
 *   <li>settle decisions whose creation was never answered;
 *   <li>take a view of decisions and votes;
 *   <li>scan every registered resource for branches of this name;
 *   <li>prove the ownership of the log: every branch of the scan then belongs to this process or to one that was
 *       fenced before, and no other can decide it;
 *   <li>commit what has a decision; roll back what has none, once no coordinator of this process can commit it; do with
 *       what waits for an Assent transaction as that has said;
 *   <li>delete decisions whose branches are absent from the scans of all resources that may hold one.
 * </ol>
 *
 * A clock only says when an undecided branch is worth trying to abort. Called by one thread at a time.
 */
final class RecoveryPass {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryPass.class);
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(10);

    private final LogSettings settings;
    private final ZnodeLog store;
    private final KnownDecisions table;
    private final Supplier<? extends Collection<RecoverableResource>> resources;
    private final Clock clock;
    private final LongSupplier nanos;
    private final XidNames names;
    private final ResourceCalls calls = new ResourceCalls();
    private final long openedMillis;
    private final Map<String, Long> firstSeenNanos = new HashMap<>();
    private Set<String> missing = Set.of();

    RecoveryPass(
            LogSettings settings,
            ZnodeLog store,
            KnownDecisions table,
            Supplier<? extends Collection<RecoverableResource>> resources,
            Clock clock,
            LongSupplier nanos) {
        this.settings = settings;
        this.store = store;
        this.table = table;
        this.resources = resources;
        this.clock = clock;
        this.nanos = nanos;
        names = new XidNames(settings.tmUniqueName());
        openedMillis = clock.epochMillis();
    }

    /** One pass; whether this process owns the log. */
    synchronized boolean run() {
        // Ours replaces it: Atomikos' own manager rolls back what is old, decided or not.
        XARecoveryManager.installXARecoveryManager(null);
        settleUnresolved();
        KnownDecisions.View view = table.view();
        List<BranchScan> scans = scanAll();
        if (!store.isConfirmedOwner(Deadline.in(STORE_TIMEOUT))) {
            LOG.info("no recovery now: {}", store.isOwner() ? "the store does not answer" : store.notOwner());
            return false;
        }
        PassEnds ends = end(view, scans);
        obey(view, scans, ends);
        forget(view, scans, ends);
        return true;
    }

    /** A pass for one vote, unless an earlier one has ended it; false if this process does not own the log. */
    synchronized boolean runFor(String vote) {
        return !table.isVoted(vote) || run();
    }

    private void settleUnresolved() {
        for (KnownDecisions.Decision decision : table.view().decisions().values()) {
            if (decision.state() == KnownDecisions.DecisionState.UNRESOLVED && store.isOwner()) {
                settle(decision);
            }
        }
    }

    private void settle(KnownDecisions.Decision decision) {
        String id = decision.entry().id;
        ZnodeLog.Written written = store.decide(decision.entry(), Deadline.in(STORE_TIMEOUT));
        if (written instanceof ZnodeLog.Written.Done) {
            LOG.info("transaction {}, whose outcome was unknown, is committed", id);
            table.committed(id);
        } else if (!store.isOwner()) {
            table.handedOver(id);
        }
    }

    /** All at once; those that do not answer are left out, and nothing is concluded from their silence. */
    private List<BranchScan> scanAll() {
        Deadline deadline = Deadline.in(ResourceCalls.CALL_MAX);
        Map<String, CompletableFuture<Optional<BranchScan>>> begun = new LinkedHashMap<>();
        for (RecoverableResource resource : resources.get()) {
            if (resource instanceof XATransactionalResource xa) {
                calls.begin(xa.getName(), () -> BranchScan.of(xa, names))
                        .ifPresent(scan -> begun.put(xa.getName(), scan));
            }
        }
        List<BranchScan> scans = new ArrayList<>();
        begun.forEach((name, scan) ->
                calls.await(name, scan, deadline).flatMap(found -> found).ifPresent(scans::add));
        return scans;
    }

    /** Ends what can be ended. */
    private PassEnds end(KnownDecisions.View view, List<BranchScan> scans) {
        PassEnds ends = new PassEnds();
        Set<String> seen = new HashSet<>();
        for (BranchScan scan : scans) {
            for (BranchScan.Branch branch : scan.branches()) {
                RecoveryAction action = RecoveryAction.decide(
                        branch.coordinator(),
                        view,
                        settings.tmUniqueName(),
                        clock.epochMillis(),
                        id -> isOrphan(id, seen));
                ends.note(scan.resourceName(), branch.coordinator(), action, carryOut(action, scan, branch));
            }
        }
        firstSeenNanos.keySet().retainAll(seen);
        return ends;
    }

    private boolean isOrphan(String id, Set<String> seen) {
        seen.add(id);
        long now = nanos.getAsLong();
        long first = firstSeenNanos.computeIfAbsent(id, key -> now);
        return names.createdMillis(id) < openedMillis
                || now - first >= settings.orphanAge().toNanos();
    }

    private BranchEnd carryOut(RecoveryAction action, BranchScan scan, BranchScan.Branch branch) {
        if (action instanceof RecoveryAction.Commit) {
            return told(scan, () -> scan.commit(branch));
        }
        if (action instanceof RecoveryAction.Forget) {
            return told(scan, () -> scan.forget(branch));
        }
        boolean abort = action instanceof RecoveryAction.Rollback
                || (action instanceof RecoveryAction.Abort undecided && table.claimAbort(undecided.undecided()));
        return abort ? told(scan, () -> scan.rollback(branch)) : BranchEnd.OPEN;
    }

    private BranchEnd told(BranchScan scan, Callable<BranchEnd> command) {
        return calls.call(scan.resourceName(), command).orElse(BranchEnd.OPEN);
    }

    /**
     * Votes whose superiors have spoken are over once each resource that may hold work of them has been asked, and none
     * holds a branch of a transaction that cannot be read: that may be one below them.
     */
    private void obey(KnownDecisions.View view, List<BranchScan> scans, PassEnds ends) {
        boolean isClear = view.unreadable().stream().noneMatch(ends::isUnfinished);
        Set<String> asked = scans.stream().map(BranchScan::resourceName).collect(Collectors.toSet());
        for (String id : view.told().keySet()) {
            SortedSet<String> resources = Optional.ofNullable(view.votes().get(id))
                    .flatMap(KnownDecisions::superior)
                    .map(Superior::resources)
                    .orElseGet(TreeSet::new);
            SortedSet<String> missing = new TreeSet<>(resources);
            missing.removeAll(asked);
            table.missing(id, missing);
            if (ends.isUnfinished(id)) {
                ends.alone(id, resources).ifPresent(outcome -> table.decidedAlone(id, outcome));
            } else if (missing.isEmpty() && isClear) {
                table.endedWithThoseBelow(id);
            }
        }
    }

    private void forget(KnownDecisions.View view, List<BranchScan> scans, PassEnds ends) {
        Set<String> unasked = new TreeSet<>(store.resources());
        scans.forEach(scan -> unasked.remove(scan.resourceName()));
        if (!unasked.isEmpty()) {
            warnOfMissing(unasked, view.decisions().size());
            return;
        }
        missing = Set.of();
        long now = clock.epochMillis();
        view.decisions().values().stream()
                .filter(decision -> decision.state() == KnownDecisions.DecisionState.COMMITTED)
                .filter(decision -> decision.inherited() || decision.entry().expires < now)
                .map(decision -> decision.entry().id)
                .filter(id -> !ends.isUnfinished(id))
                .forEach(table::ended);
        forgetAbortedVotes(view, ends, now);
    }

    private void forgetAbortedVotes(KnownDecisions.View view, PassEnds ends, long now) {
        for (String id : view.votes().keySet()) {
            RecoveryAction action = RecoveryAction.decide(id, view, settings.tmUniqueName(), now, other -> false);
            if (!ends.isUnfinished(id) && isOfThisLog(action, view)) {
                table.ended(id);
            }
        }
    }

    /** What others decide is over by {@link #obey} only, which asks the resources that its vote names. */
    private static boolean isOfThisLog(RecoveryAction action, KnownDecisions.View view) {
        return action instanceof RecoveryAction.Abort
                || (action instanceof RecoveryAction.Commit commit
                        && view.decisions().containsKey(commit.decision()));
    }

    private void warnOfMissing(Set<String> unasked, int decisions) {
        if (decisions > 0 && !unasked.equals(missing)) {
            LOG.warn(
                    "{} decisions are kept until these resources can be asked for their branches: {}; register them,"
                            + " or delete their znodes if they are gone for good",
                    decisions,
                    unasked);
        }
        missing = Set.copyOf(unasked);
    }
}
