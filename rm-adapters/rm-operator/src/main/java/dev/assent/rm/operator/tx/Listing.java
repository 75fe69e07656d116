package dev.assent.rm.operator.tx;

import dev.assent.rm.operator.text.Table;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.HeuristicLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that waits for somebody, out of the store and the databases given. Reads only. */
public final class Listing {
    /** Records looked at in one listing. */
    public static final int RECORDS_MAX = 20_000;

    private final CoordinatorStore store;
    private final Databases databases;
    private final Filter filter;
    private final List<Listed> listed = new ArrayList<>();
    private boolean cut;

    /**
     * What is asked for.
     *
     * @param pastDeadlineMillis how long a transaction's deadline must have passed; a record is kept for
     *     {@link DecisionRecord#RETENTION_MILLIS} after it, for those who ask
     */
    public record Filter(Set<Listed.Kind> kinds, long nowEpochMillis, long pastDeadlineMillis) {
        public Filter {
            kinds = kinds.isEmpty() ? EnumSet.noneOf(Listed.Kind.class) : EnumSet.copyOf(kinds);
        }

        private boolean wants(Listed.Kind kind) {
            return kinds.contains(kind);
        }

        private boolean isOldEnough(GlobalTxId transaction) {
            return transaction.isPastDeadline(nowEpochMillis - pastDeadlineMillis);
        }
    }

    public Listing(CoordinatorStore store, Databases databases, Filter filter) {
        this.store = store;
        this.databases = databases;
        this.filter = filter;
    }

    /** In the order in which they matter: heuristic outcomes, unreadable records, in doubt, decided. */
    public List<Listed> read() throws IOException, Databases.Failure {
        EpochCensus census = store.epochs().census();
        if (filter.wants(Listed.Kind.HEURISTIC)) {
            for (HeuristicLedger.Entry entry : store.heuristics().list()) {
                add(
                        Listed.Kind.HEURISTIC,
                        GlobalTxId.fromBytes(entry.branch().gtrid()),
                        "resource " + entry.resource() + " decided by itself: " + entry.outcome() + " (" + entry.cause()
                                + ")");
            }
        }
        if (filter.wants(Listed.Kind.DECIDED) || filter.wants(Listed.Kind.UNREADABLE)) {
            records(census);
        }
        if (filter.wants(Listed.Kind.IN_DOUBT)) {
            for (HeldBranch branch : databases.scan(store.cluster())) {
                add(
                        Listed.Kind.IN_DOUBT,
                        branch.transaction(),
                        "branch " + branch.branch().number() + " prepared for " + Table.age(branch.seconds()) + " in "
                                + branch.database() + ", " + epoch(census, branch.transaction()));
            }
        }
        listed.sort((one, other) -> Integer.compare(weight(one.kind()), weight(other.kind())));
        return List.copyOf(listed);
    }

    private static int weight(Listed.Kind kind) {
        return switch (kind) {
            case HEURISTIC -> 0;
            case UNREADABLE -> 1;
            case IN_DOUBT -> 2;
            case DECIDED -> 3;
        };
    }

    /** Whether there were more records than {@link #RECORDS_MAX}. */
    public boolean isCut() {
        return cut;
    }

    private void add(Listed.Kind kind, GlobalTxId transaction, String what) {
        if (filter.isOldEnough(transaction)) {
            listed.add(new Listed(kind, transaction, what));
        }
    }

    private void records(EpochCensus census) throws IOException {
        int looked = 0;
        for (EpochRef epoch : store.archive().epochs()) {
            List<GlobalTxId> old = new ArrayList<>();
            for (GlobalTxId transaction : store.archive().transactions(epoch)) {
                if (!filter.isOldEnough(transaction)) {
                    continue;
                }
                if (looked == RECORDS_MAX) {
                    cut = true;
                    break;
                }
                looked++;
                old.add(transaction);
            }
            for (Map.Entry<GlobalTxId, RecordRead> read :
                    store.decisions().readAll(old).entrySet()) {
                read.getValue().accept(new Told(census, read.getKey())).ifPresent(this::addWanted);
            }
        }
    }

    private void addWanted(Listed found) {
        if (filter.wants(found.kind())) {
            listed.add(found);
        }
    }

    private record Told(EpochCensus census, GlobalTxId transaction) implements RecordRead.Handler<Optional<Listed>> {

        /** Deleted since it was listed. */
        @Override
        public Optional<Listed> absent(RecordRead.Absent read) {
            return Optional.empty();
        }

        @Override
        public Optional<Listed> found(RecordRead.Found read) {
            return Optional.of(new Listed(
                    Listed.Kind.DECIDED,
                    transaction,
                    read.record().decision() + ", " + read.record().pending().size() + " branches named, "
                            + epoch(census, transaction)));
        }

        @Override
        public Optional<Listed> unreadable(RecordRead.Unreadable read) {
            return Optional.of(new Listed(Listed.Kind.UNREADABLE, transaction, read.why()));
        }
    }

    /** A transaction's coordinator in words. */
    static String epoch(EpochCensus census, GlobalTxId transaction) {
        String key = transaction.key().authority().isOfAnIncarnation()
                ? "incarnation " + transaction.key().incarnation()
                : "shard " + transaction.key().shard() + " epoch " + transaction.epoch();
        return key + (census.isFenced(EpochRef.of(transaction)) ? " (over)" : " (live)");
    }
}
