package dev.assent.rm.operator.tx;

import dev.assent.store.audit.AuditLog;
import dev.assent.time.Clock;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Gathers the evidence about transactions in its order, and has done what it comes to. One thread. */
public final class Resolver {
    /** Records are deleted all the time; a mark that moved so often says that something else is wrong. */
    private static final int SCANS_MAX = 5;

    private final CoordinatorStore store;
    private final AuditLog audit;
    private final Databases databases;
    private final Clock clock;

    public Resolver(CoordinatorStore store, AuditLog audit, Databases databases, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.databases = databases;
        this.clock = clock;
    }

    /**
     * An order of an operator.
     *
     * @param expected with any other decision nothing is to be done
     */
    public record Order(String operator, String action, String reason, Optional<Decision> expected) {
        /** One that does not say what it expects. */
        public Order(String operator, String action, String reason) {
            this(operator, action, reason, Optional.empty());
        }

        boolean forbids(Decision decision) {
            return expected.isPresent() && expected.get() != decision;
        }
    }

    /** How far an order was carried out. */
    public enum Extent {
        /** Every branch that was seen has ended. */
        ALL,
        /** Not every one. */
        SOME,
        /** No branch was told anything. */
        NOTHING
    }

    /** What is known now; nothing is changed. */
    public Evidence evidence(GlobalTxId transaction) throws IOException, Databases.Failure {
        boolean decidedHere = transaction.cluster().equals(store.cluster())
                && transaction.key().authority().isDecidedInStore();
        EpochCensus census = store.epochs().census();
        boolean isFenced = census.isFenced(EpochRef.of(transaction));
        Optional<GcMark> mark = decidedHere && !isFenced
                ? Optional.of(store.decisions().gcMark(transaction.key().shardKey()))
                : Optional.empty();
        List<HeldBranch> held = databases.scan(transaction.cluster()).stream()
                .filter(branch -> branch.transaction().equals(transaction))
                .toList();
        RecordRead record = decidedHere ? store.decisions().read(transaction) : new RecordRead.Absent();
        return new Evidence(store.cluster(), transaction, isFenced, mark, held, record, clock.epochMillis());
    }

    /**
     * Does what a resolution says, and tells line by line.
     *
     * @return how far it came
     */
    public Extent carryOut(Evidence evidence, Resolution resolution, Order order, Consumer<String> tell)
            throws IOException, Databases.Failure {
        if (resolution instanceof Resolution.Refuse refusal) {
            tell.accept("nothing is done: " + refusal.why());
            return Extent.NOTHING;
        }
        GlobalTxId transaction = evidence.transaction();
        keep(order, transaction, AuditLog.Entry.INTENDED);
        Optional<Decision> decision = decision(evidence, resolution, order, tell);
        if (decision.isEmpty()) {
            keep(order, transaction, "nothing was done");
            return Extent.NOTHING;
        }
        boolean complete = end(evidence.held(), decision.get(), tell);
        keepEnd(order, transaction, decision.get() + (complete ? ": told to all" : ": told to some"), tell);
        return complete ? Extent.ALL : Extent.SOME;
    }

    /**
     * Forgets what branches decided by themselves.
     *
     * @return what it was, a line each
     */
    public List<String> forget(GlobalTxId transaction, Order order) throws IOException {
        List<String> forgotten = new ArrayList<>();
        for (HeuristicLedger.Entry entry : store.heuristics().of(transaction)) {
            String what = text(entry);
            keep(order, transaction, AuditLog.Entry.INTENDED + ": " + what);
            store.heuristics().forget(entry.branch());
            keep(order, transaction, "forgotten: " + what);
            forgotten.add(what);
        }
        return forgotten;
    }

    /** What there would be to forget, a line each. */
    public List<String> forgettable(GlobalTxId transaction) throws IOException {
        return store.heuristics().of(transaction).stream().map(Resolver::text).toList();
    }

    private static String text(HeuristicLedger.Entry entry) {
        return "resource " + entry.resource() + ": " + entry.outcome() + " (" + entry.cause() + ")";
    }

    private void keep(Order order, GlobalTxId transaction, String result) throws IOException {
        audit.keep(new AuditLog.Entry(
                clock.epochMillis(), order.operator(), order.action(), transaction.toHex(), order.reason(), result));
    }

    /** What is done stays done, and told, whether or not the audit log takes it: the intent is there. */
    private void keepEnd(Order order, GlobalTxId transaction, String result, Consumer<String> tell) {
        try {
            keep(order, transaction, result);
        } catch (IOException away) {
            tell.accept("the audit log has only that it was intended: " + away.getMessage());
        }
    }

    private Optional<Decision> decision(Evidence evidence, Resolution resolution, Order order, Consumer<String> tell)
            throws IOException, Databases.Failure {
        Evidence latest = evidence;
        Resolution next = resolution;
        for (int scan = 0; scan < SCANS_MAX; scan++) {
            if (next instanceof Resolution.Obey obey) {
                if (order.forbids(obey.decision())) {
                    tell.accept("nothing is done: " + obey.decision() + " is not what is expected: " + obey.why());
                    return Optional.empty();
                }
                if (obey.decision() == Decision.COMMIT) {
                    store.decisions().takeUp(latest.transaction());
                }
                return Optional.of(obey.decision());
            }
            if (!(next instanceof Resolution.DecideAbort abort)) {
                tell.accept("nothing is done: " + ((Resolution.Refuse) next).why());
                return Optional.empty();
            }
            if (order.forbids(Decision.ABORT)) {
                tell.accept("nothing is done: nothing is decided, and COMMIT cannot be decided any more");
                return Optional.empty();
            }
            AbortResult result = store.decisions().abort(latest.transaction(), abort.mark());
            if (result instanceof AbortResult.Decided decided) {
                tell.accept("the store says " + decided.record().decision());
                return Optional.of(decided.record().decision()).filter(said -> !order.forbids(said));
            }
            if (result instanceof AbortResult.Unreadable unreadable) {
                tell.accept("nothing is done: something is decided, and it cannot be read: " + unreadable.why());
                return Optional.empty();
            }
            latest = evidence(latest.transaction());
            next = ResolutionRule.conclude(latest);
        }
        tell.accept(
                "nothing is done: records of its shard were deleted during each of " + SCANS_MAX + " scans; try again");
        return Optional.empty();
    }

    private boolean end(List<HeldBranch> held, Decision decision, Consumer<String> tell) throws Databases.Failure {
        boolean complete = true;
        for (HeldBranch branch : held) {
            if (!branch.isHere()) {
                tell.accept("left: " + branch.gid() + " can be ended in its own database only: give --jdbc of "
                        + branch.database());
                complete = false;
                continue;
            }
            switch (databases.end(branch, decision)) {
                case ENDED -> tell.accept(decision + " told: " + branch.gid() + " in " + branch.database());
                case BY_SOMEBODY_ELSE -> tell.accept("ended meanwhile by somebody else: " + branch.gid());
                case NOT_KNOWN -> {
                    tell.accept("not known whether it ended, look again: " + branch.gid());
                    complete = false;
                }
            }
        }
        return complete;
    }
}
