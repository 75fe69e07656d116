package dev.assent.admin;

import dev.assent.admin.view.Branch;
import dev.assent.admin.view.Event;
import dev.assent.admin.view.Transaction;
import dev.assent.event.BranchEvent;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One transaction, as far as its events have told. Used by one thread at a time. */
final class Remembered implements TransactionEvent.Handler, BranchEvent.Handler {
    /** Events kept of one; what is told later is counted only. */
    static final int EVENTS_MAX = 200;

    static final int BRANCHES_MAX = 100;

    private final String transaction;
    private final Instant begunAt;
    private final List<Event> events = new ArrayList<>();
    private final SortedMap<Integer, Branch> branches = new TreeMap<>();
    private long eventsLeftOut;
    private Transaction.State state = Transaction.State.ACTIVE;
    private Instant lastChangeAt;
    private Optional<Instant> deadline = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<TransactionEvent.Outcome> outcome = Optional.empty();

    Remembered(String transaction, Instant begunAt) {
        this.transaction = transaction;
        this.begunAt = begunAt;
        this.lastChangeAt = begunAt;
    }

    void heard(Told told) {
        lastChangeAt = Instant.ofEpochMilli(told.epochMillis());
        if (events.size() < EVENTS_MAX) {
            events.add(new Event(told.number(), lastChangeAt, told.event().name(), told.event()));
        } else {
            eventsLeftOut++;
        }
        if (told.event() instanceof TransactionEvent of) {
            of.accept(this);
        } else if (told.event() instanceof BranchEvent of) {
            of.accept(this);
        }
    }

    String transaction() {
        return transaction;
    }

    Transaction.State state() {
        return state;
    }

    Optional<TransactionEvent.Outcome> outcome() {
        return outcome;
    }

    boolean hasResource(String resource) {
        return branches.values().stream().anyMatch(branch -> branch.resource().equals(resource));
    }

    Transaction view(AdminSource.Named named) {
        return new Transaction(
                transaction,
                named.token(),
                named.protocol(),
                named.shard(),
                state,
                outcome.map(Enum::name),
                begunAt,
                deadline,
                endedAt,
                lastChangeAt,
                List.copyOf(branches.values()));
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    long eventsLeftOut() {
        return eventsLeftOut;
    }

    @Override
    public void begun(TransactionEvent.Begun event) {
        deadline = Optional.of(Instant.ofEpochMilli(event.deadlineEpochMillis()));
    }

    @Override
    public void ending(TransactionEvent.Ending event) {
        state = event.commit() ? Transaction.State.PREPARING : Transaction.State.COMMITTING;
    }

    @Override
    public void prepared(TransactionEvent.Prepared event) {
        state = Transaction.State.DECIDING;
    }

    @Override
    public void decided(TransactionEvent.Decided event) {
        state = Transaction.State.COMMITTING;
    }

    @Override
    public void answered(TransactionEvent.Answered event) {
        if (outcome.isEmpty()) {
            outcome = Optional.of(event.outcome());
        }
    }

    @Override
    public void ended(TransactionEvent.Ended event) {
        state = Transaction.State.ENDED;
        outcome = Optional.of(event.outcome());
        endedAt = Optional.of(lastChangeAt);
    }

    private Optional<Branch> branch(BranchEvent event) {
        Branch known = branches.get(event.branch());
        if (known != null) {
            return Optional.of(known);
        }
        return branches.size() == BRANCHES_MAX
                ? Optional.empty()
                : Optional.of(new Branch(
                        event.branch(),
                        event.resource(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty()));
    }

    @Override
    public void enlisted(BranchEvent.Enlisted event) {
        branch(event).ifPresent(known -> branches.put(event.branch(), known));
    }

    @Override
    public void voted(BranchEvent.Voted event) {
        Optional<String> cause = Optional.of(event.cause()).filter(text -> !text.isEmpty());
        branch(event)
                .ifPresent(known -> branches.put(
                        event.branch(),
                        new Branch(
                                known.branch(),
                                known.resource(),
                                Optional.of(event.vote().name()),
                                known.end(),
                                known.hazard(),
                                known.retries(),
                                cause.or(known::cause))));
    }

    @Override
    public void ended(BranchEvent.Ended event) {
        branch(event)
                .ifPresent(known -> branches.put(
                        event.branch(),
                        new Branch(
                                known.branch(),
                                known.resource(),
                                known.vote(),
                                Optional.of(event.end().name()),
                                known.hazard(),
                                known.retries(),
                                known.cause())));
    }

    @Override
    public void retried(BranchEvent.Retried event) {
        branch(event)
                .ifPresent(known -> branches.put(
                        event.branch(),
                        new Branch(
                                known.branch(),
                                known.resource(),
                                known.vote(),
                                known.end(),
                                known.hazard(),
                                known.retries() + 1,
                                Optional.of(event.cause()))));
    }

    @Override
    public void heuristic(BranchEvent.Heuristic event) {
        branch(event)
                .ifPresent(known -> branches.put(
                        event.branch(),
                        new Branch(
                                known.branch(),
                                known.resource(),
                                known.vote(),
                                known.end(),
                                Optional.of(event.hazard().name()),
                                known.retries(),
                                Optional.of(event.cause()))));
    }
}
