package dev.assent.admin;

import dev.assent.admin.view.Transaction;
import dev.assent.admin.view.TransactionHistory;
import dev.assent.admin.view.TransactionPage;
import dev.assent.event.BranchEvent;
import dev.assent.event.EventListener;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transactions that were told of lately, with their events. Those that ended well are forgotten first, whatever the
 * number of the others. Thread-safe.
 */
final class Recent implements EventListener {
    /** Of each kind: not ended, ended otherwise than well, ended well. */
    static final int TRANSACTIONS_MAX = 1_000;

    static final int PAGE_MAX = 500;
    static final int PAGE = 50;

    private final AdminSource source;
    /** By gtrid, the oldest first. Guarded by this, as is the rest. */
    private final Map<String, Numbered> unfinished = new LinkedHashMap<>();

    private final Map<String, Numbered> abnormal = new LinkedHashMap<>();
    private final Map<String, Numbered> well = new LinkedHashMap<>();
    private long next;
    private long missed;

    /** In the order in which they were first told of. */
    private record Numbered(long number, Remembered remembered) {}

    Recent(AdminSource source) {
        this.source = source;
    }

    @Override
    public synchronized void heard(Told told) {
        if (told.event() instanceof TransactionEvent of) {
            keep(of.transaction(), told);
        } else if (told.event() instanceof BranchEvent of) {
            keep(of.transaction(), told);
        }
    }

    @Override
    public synchronized void missed(long events) {
        missed += events;
    }

    private void keep(String transaction, Told told) {
        Numbered known = find(transaction)
                .orElseGet(() ->
                        new Numbered(++next, new Remembered(transaction, Instant.ofEpochMilli(told.epochMillis()))));
        known.remembered().heard(told);
        unfinished.remove(transaction);
        abnormal.remove(transaction);
        well.remove(transaction);
        put(mapFor(known.remembered()), transaction, known);
    }

    private Map<String, Numbered> mapFor(Remembered transaction) {
        if (transaction.state() != Transaction.State.ENDED) {
            return unfinished;
        }
        boolean isWell = transaction
                .outcome()
                .filter(outcome -> outcome == TransactionEvent.Outcome.COMMITTED
                        || outcome == TransactionEvent.Outcome.ROLLED_BACK)
                .isPresent();
        return isWell ? well : abnormal;
    }

    private static void put(Map<String, Numbered> kept, String transaction, Numbered one) {
        kept.put(transaction, one);
        if (kept.size() > TRANSACTIONS_MAX) {
            Iterator<String> oldest = kept.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private Optional<Numbered> find(String transaction) {
        return Optional.ofNullable(unfinished.get(transaction))
                .or(() -> Optional.ofNullable(abnormal.get(transaction)))
                .or(() -> Optional.ofNullable(well.get(transaction)));
    }

    /** What is asked for. */
    record Filter(
            Optional<Transaction.State> state,
            Optional<TransactionEvent.Outcome> outcome,
            Optional<String> resource,
            long before,
            int limit) {
        private boolean admits(Remembered one) {
            return (state.isEmpty() || state.get() == one.state())
                    && (outcome.isEmpty() || outcome.equals(one.outcome()))
                    && (resource.isEmpty() || one.hasResource(resource.get()));
        }
    }

    synchronized TransactionPage page(Filter filter) {
        List<Numbered> found = new ArrayList<>();
        for (Map<String, Numbered> kept : List.of(unfinished, abnormal, well)) {
            kept.values().stream()
                    .filter(one -> one.number() < filter.before() && filter.admits(one.remembered()))
                    .forEach(found::add);
        }
        found.sort(Comparator.comparingLong(Numbered::number).reversed());
        boolean isMore = found.size() > filter.limit();
        List<Numbered> shown = isMore ? found.subList(0, filter.limit()) : found;
        return new TransactionPage(
                shown.stream().map(this::view).toList(),
                isMore ? Optional.of(Long.toString(shown.get(shown.size() - 1).number())) : Optional.empty(),
                unfinished.size() + abnormal.size() + well.size(),
                missed);
    }

    private Transaction view(Numbered one) {
        return one.remembered().view(source.named(one.remembered().transaction()));
    }

    synchronized Optional<TransactionHistory> history(String transaction) {
        return find(transaction)
                .map(one -> new TransactionHistory(
                        view(one),
                        Optional.empty(),
                        one.remembered().events(),
                        one.remembered().eventsLeftOut()));
    }
}
