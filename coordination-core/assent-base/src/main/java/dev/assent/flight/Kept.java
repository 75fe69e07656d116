package dev.assent.flight;

import dev.assent.event.BranchEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One transaction's first events, and its last. Guarded by the recorder. */
final class Kept {
    private final int halfMax;
    /** Not made to lines yet: most transactions end before that is worth it. */
    private final List<Told> fresh = new ArrayList<>();

    private final List<String> head = new ArrayList<>();
    private final ArrayDeque<String> tail = new ArrayDeque<>();
    private long leftOut;
    private long freshLeftOut;
    private long gap;
    private long bytes;
    private boolean odd;
    private boolean ended;
    private boolean seen;
    private boolean hasGap;

    Kept(int eventsMax) {
        this.halfMax = eventsMax / 2;
    }

    void heard(Told told) {
        fresh.add(told);
        if (fresh.size() > 2 * halfMax) {
            Told unused = fresh.remove(halfMax);
            freshLeftOut++;
        }
        if (told.event() instanceof TransactionEvent.Ended end) {
            ended = true;
            odd |= isOdd(end.outcome());
        } else if (told.event() instanceof TransactionEvent.Answered answered) {
            odd |= isOdd(answered.outcome());
        } else if (told.event() instanceof BranchEvent.Heuristic || told.event() instanceof BranchEvent.Retried) {
            odd = true;
        }
    }

    private static boolean isOdd(TransactionEvent.Outcome outcome) {
        return switch (outcome) {
            case COMMITTED, ROLLED_BACK -> false;
            case HEURISTIC_MIXED, HEURISTIC_ROLLED_BACK, HEURISTIC_HAZARD, UNKNOWN -> true;
        };
    }

    /** Recovery has to do with it, so it did not end as others do. */
    void touchedByRecovery() {
        odd = true;
        ended = true;
    }

    /** So many events were lost, some of them perhaps this one's. */
    void missed(long events) {
        gap += events;
        hasGap = true;
    }

    /** It cannot be replayed, and may have ended unheard. */
    boolean hasGap() {
        return hasGap;
    }

    /** Whether lines were made of it that may be in a file. */
    boolean isWritten() {
        return !head.isEmpty();
    }

    /** Whether all that was heard was made to lines. */
    boolean isTold() {
        return fresh.isEmpty() && gap == 0;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isOdd() {
        return odd;
    }

    /** Whether a flush has passed since it came. */
    boolean isSettled() {
        boolean before = seen;
        seen = true;
        return before;
    }

    /** Makes lines of what is fresh; answers with them. */
    List<String> lines(String transaction) {
        List<String> added = new ArrayList<>(fresh.size() + 1);
        if (gap > 0) {
            added.add(gap(transaction, "missed", gap));
            gap = 0;
        }
        addFresh(transaction, added);
        fresh.clear();
        freshLeftOut = 0;
        added.forEach(this::keep);
        return added;
    }

    private void keep(String line) {
        bytes += line.length();
        if (head.size() < halfMax) {
            head.add(line);
            return;
        }
        tail.add(line);
        if (tail.size() > halfMax) {
            bytes -= tail.remove().length();
            leftOut++;
        }
    }

    long bytes() {
        return bytes;
    }

    /** The same with what is fresh, which is still to be written. */
    List<String> withAll(String transaction) {
        List<String> all = all(transaction);
        addFresh(transaction, all);
        if (gap > 0) {
            all.add(gap(transaction, "missed", gap));
        }
        return all;
    }

    private void addFresh(String transaction, List<String> to) {
        for (int place = 0; place < fresh.size(); place++) {
            if (place == halfMax && freshLeftOut > 0) {
                to.add(gap(transaction, "leftOut", freshLeftOut));
            }
            to.add(FlightText.of(fresh.get(place)));
        }
    }

    private static String gap(String transaction, String kind, long events) {
        return FlightText.of(Map.of("event", "gap", "transaction", transaction, kind, events));
    }

    /** All that lines were made of, with a word on what is not kept. */
    List<String> all(String transaction) {
        List<String> all = new ArrayList<>(head);
        if (leftOut > 0) {
            all.add(gap(transaction, "leftOut", leftOut));
        }
        all.addAll(tail);
        return all;
    }
}
