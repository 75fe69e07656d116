package dev.assent.tx.coordinator;

import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.recovery.OutcomeRule;
import dev.assent.tx.recovery.PointOutcomeRule;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.DecisionLog;
import dev.assent.tx.spi.HeuristicLedger;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** How transactions ended, for those who ask later: what this coordinator remembers, then what the store says. Thread-safe. */
final class Outcomes {
    private final CoordinatorStore store;
    private final ActiveTransactions active;
    private final OutcomeMemory remembered;
    private final PointTables points;
    private final Predicate<EpochRef> replacedHere;
    private final AcceptedOutcomes accepted;

    /**
     * Outcomes as a coordinator knows them.
     *
     * @param replacedHere whether an epoch is over because this coordinator opened the next
     */
    Outcomes(
            CoordinatorStore store,
            ActiveTransactions active,
            OutcomeMemory remembered,
            PointTables points,
            Predicate<EpochRef> replacedHere,
            AcceptedOutcomes accepted) {
        this.replacedHere = replacedHere;
        this.store = store;
        this.active = active;
        this.remembered = remembered;
        this.points = points;
        this.accepted = accepted;
    }

    /** About the end of a transaction; who asks may know that it did more than read, and may obey the answer. */
    private record Question(GlobalTxId about, boolean notReadOnly, boolean toObey) {}

    /** How the transaction of a token ended. Asks the store. */
    Outcome of(String token) {
        return answer(new Question(parse(token), false, false));
    }

    /**
     * The same for services, which may know more, and end what they hold prepared by what they are told.
     *
     * @param notReadOnly whether it is known that the transaction was not committed with nothing but read-only
     *     branches, of which there would be no record
     */
    Outcome toObey(String token, boolean notReadOnly) {
        Question question = new Question(parse(token), notReadOnly, true);
        Outcome outcome = answer(question);
        if (outcome.isKnown()) {
            active.toldToOthers(question.about());
        }
        return outcome;
    }

    /**
     * What acceptors chose, whatever branches did by themselves. Asks the store, and the acceptors if nothing is recorded
     * and the coordinator may be suspected.
     */
    Outcome accepted(GlobalTxId id) {
        if (active.contains(id)) {
            return new Outcome.Unknown("the transaction is still under way");
        }
        try {
            return decided(new Question(id, true, false));
        } catch (IOException e) {
            return new Outcome.Unknown("the store cannot be asked now: " + e.getMessage());
        }
    }

    private Outcome answer(Question question) {
        GlobalTxId id = question.about();
        Optional<Outcome> known = remembered.find(id);
        if (known.isPresent() && !(known.get() instanceof Outcome.RolledBack)) {
            return known.get();
        }
        if (known.isEmpty() && active.contains(id)) {
            return new Outcome.Unknown("the transaction is still under way");
        }
        if (id.commitPoint().isPresent()) {
            return atPoint(id, known);
        }
        try {
            if (known.isPresent() || id.key().authority() == Authority.PAXOS_3PC) {
                Outcome decided = known.isPresent() ? known.get() : decided(question);
                return withOwnDecisions(decided, store.heuristics().ask(id));
            }
            // Both questions are on their way at once: somebody waits, as after a take-over.
            HeuristicLedger.Asked own = store.heuristics().ask(id);
            return withOwnDecisions(decided(question), own);
        } catch (IOException e) {
            return new Outcome.Unknown("the store cannot be asked now: " + e.getMessage());
        }
    }

    /** What its commit point's table says; what branches did by themselves is in the store all the same. */
    private Outcome atPoint(GlobalTxId id, Optional<Outcome> known) {
        try {
            Outcome decided = known.isPresent()
                    ? known.get()
                    : PointOutcomeRule.conclude(id.deadlineEpochMillis(), points.look(id));
            return withOwnDecisions(decided, store.heuristics().ask(id));
        } catch (IOException e) {
            return new Outcome.Unknown("its decision cannot be asked for now: " + e.getMessage());
        }
    }

    /** What the store says; the order of the questions is {@link OutcomeRule}'s. */
    private Outcome decided(Question question) throws IOException {
        GlobalTxId id = question.about();
        DecisionLog log = store.decisions();
        EpochRef epoch = EpochRef.heldFor(id);
        boolean fenced = replacedHere.test(epoch) || store.epochs().census().isFenced(epoch);
        if (id.key().authority() == Authority.PAXOS_3PC) {
            return accepted.of(id, fenced);
        }
        DecisionLog.Evidence evidence = log.evidence(id);
        RecordRead record = evidence.record();
        if (question.toObey() && !fenced && record instanceof RecordRead.Found) {
            log.takeUp(id);
        }
        Outcome decided = OutcomeRule.conclude(
                id.deadlineEpochMillis(),
                new OutcomeRule.Readings(
                        fenced, record, evidence.everDeletedUpTo(), Protocols.unrecorded(id, question.notReadOnly())));
        if (decided instanceof Outcome.RolledBack) {
            remembered.put(id, decided); // who asks next may not know what this conclusion rests on
        }
        return decided;
    }

    /** A rollback is learnt before the last branch has obeyed; what that one did is in the ledger. */
    private Outcome withOwnDecisions(Outcome decided, HeuristicLedger.Asked own) throws IOException {
        return OutcomeRule.withOwnDecisions(
                decided,
                own.entries().stream().map(HeuristicLedger.Entry::outcome).toList());
    }

    /**
     * The transaction of a token.
     *
     * @throws TransactionServiceException it is none, or another cluster's
     */
    GlobalTxId parse(String token) {
        GlobalTxId id;
        try {
            id = TransactionToken.parse(token);
        } catch (IllegalArgumentException e) {
            throw new TransactionServiceException(String.valueOf(e.getMessage()), false, e);
        }
        ClusterId cluster = store.cluster();
        if (!id.cluster().equals(cluster)) {
            throw new TransactionServiceException(
                    "the token belongs to cluster " + id.cluster() + ", but this process is connected to cluster "
                            + cluster + "; connect both to the same ensemble",
                    false);
        }
        return id;
    }
}
