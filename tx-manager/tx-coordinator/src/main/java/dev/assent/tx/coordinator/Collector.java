package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import dev.assent.tx.recovery.GarbagePlan;
import dev.assent.tx.spi.AbsenceBoard;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.spi.DecisionArchive;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the records of fenced epochs that nobody needs, and then the epochs, if this process is elected for it. Only
 * it lists records, and only those of epochs that are over. One thread at a time.
 */
final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    private static final String ROLE = "recovery-epochs";

    /** Records read in one pass; the rest is for the next. */
    private static final int READ_MAX = 20_000;

    private static final int DELETED_MAX = 20_000;

    /** A question that is older is complained about once. */
    private static final long UNANSWERED_MILLIS = 60_000;

    /** A question under way. */
    private record Open(AbsenceBoard.Question question, long sinceEpochMillis, boolean complained) {}

    private final RecoveryWorker.Context around;
    private final CoordinatorStore store;
    private final GarbagePlan plan = new GarbagePlan();
    private final Map<ResourceName.Hash, Open> asked = new HashMap<>();
    private boolean elected;

    Collector(RecoveryWorker.Context around) {
        this.around = around;
        this.store = around.store();
    }

    void collect(EpochCensus epochs) throws IOException {
        if (!store.leadership().acquire(ROLE)) {
            elected = false;
            return;
        }
        if (!elected) {
            plan.forget(); // somebody else may have collected meanwhile
            asked.clear();
            withdrawOthers();
            elected = true;
        }
        DecisionArchive archive = store.archive();
        Set<EpochRef> over = new HashSet<>(archive.epochs());
        over.removeIf(epoch -> !epochs.isFenced(epoch));
        Map<EpochRef, Set<GlobalTxId>> listed = new LinkedHashMap<>();
        for (EpochRef epoch : over) {
            listed.put(epoch, archive.transactions(epoch));
        }
        read(listed, epochs);
        takeAnswers();
        for (Map.Entry<ShardKey, List<GlobalTxId>> batch :
                plan.deletable(DELETED_MAX).entrySet()) {
            archive.delete(batch.getKey(), batch.getValue());
            plan.deleted(batch.getValue());
        }
        ask();
        retire(epochs, listed);
    }

    /** Who collected before may be dead, and its questions would stay for ever. What is still of use is put again. */
    private void withdrawOthers() throws IOException {
        for (ResourceName.Hash resource : store.board().resources()) {
            store.board().withdraw(resource);
        }
    }

    private void read(Map<EpochRef, Set<GlobalTxId>> listed, EpochCensus epochs) throws IOException {
        Set<GlobalTxId> there = new HashSet<>();
        listed.values().forEach(there::addAll);
        plan.retain(there);
        List<GlobalTxId> unread = there.stream()
                .filter(id -> isToRead(id, epochs))
                .limit(READ_MAX)
                .toList();
        plan.read(store.decisions().readAll(unread));
    }

    private boolean isToRead(GlobalTxId transaction, EpochCensus epochs) {
        return plan.isUnread(transaction)
                && GarbagePlan.isDue(transaction, epochs, around.clock().epochMillis());
    }

    /** A question that is not on the board any more is put again: its answer would never come. */
    private void takeAnswers() throws IOException {
        for (Map.Entry<ResourceName.Hash, Open> open : List.copyOf(asked.entrySet())) {
            ResourceName.Hash resource = open.getKey();
            AbsenceBoard.Question question = open.getValue().question();
            if (!store.board().question(resource).equals(Optional.of(question))) {
                asked.remove(resource); // another process collected for a while, or an operator tidied up
                continue;
            }
            store.board()
                    .answer(resource)
                    .filter(answer -> answer.question() == question.number())
                    .ifPresent(answer -> plan.answered(resource, question.about(), answer.inDoubt()));
        }
    }

    /** A question stays until it is answered; what is asked otherwise gets a number of its own. */
    private void ask() throws IOException {
        Map<ResourceName.Hash, Set<GlobalTxId>> questions = plan.questions();
        for (ResourceName.Hash resource : List.copyOf(asked.keySet())) {
            if (!questions.containsKey(resource)) {
                store.board().withdraw(resource);
                asked.remove(resource);
            }
        }
        long now = around.clock().epochMillis();
        for (Map.Entry<ResourceName.Hash, Set<GlobalTxId>> question : questions.entrySet()) {
            Open open = asked.get(question.getKey());
            if (open == null || !open.question().about().equals(question.getValue())) {
                asked.put(
                        question.getKey(),
                        new Open(store.board().ask(question.getKey(), question.getValue()), now, false));
            } else if (!open.complained() && now - open.sinceEpochMillis() > UNANSWERED_MILLIS) {
                asked.put(question.getKey(), new Open(open.question(), open.sinceEpochMillis(), true));
                LOG.warn(
                        "{} records are kept until a process that reaches resource {} tells whether their branches have"
                                + " ended: start one that has it registered",
                        open.question().about().size(),
                        question.getKey());
            }
        }
    }

    /** An epoch that held no record when it was listed; one that came since keeps it. */
    private void retire(EpochCensus epochs, Map<EpochRef, Set<GlobalTxId>> listed) throws IOException {
        for (long incarnation : epochs.fenced()) {
            listed.putIfAbsent(store.archive().embedded(incarnation), Set.of());
        }
        for (Map.Entry<EpochRef, Set<GlobalTxId>> epoch : listed.entrySet()) {
            if (epoch.getValue().isEmpty() && store.archive().retire(epoch.getKey())) {
                LOG.debug("{} left nothing and is retired", epoch.getKey());
            }
        }
    }
}
