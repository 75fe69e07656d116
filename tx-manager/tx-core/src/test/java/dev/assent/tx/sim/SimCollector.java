package dev.assent.tx.sim;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.recovery.GarbagePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Deletes what fenced epochs left, in production's order: list, read, take answers, delete, ask, retire. */
final class SimCollector {
    private final Flaw flaw;
    private final SimStore store;
    private final GarbagePlan plan = new GarbagePlan();
    private final Map<ResourceName.Hash, SimStore.Question> asked = new LinkedHashMap<>();
    private final Map<Long, Set<GlobalTxId>> firstListings = new LinkedHashMap<>();

    SimCollector(Flaw flaw, SimStore store) {
        this.flaw = flaw;
        this.store = store;
    }

    /** The steps of one pass, the last one first. */
    List<Runnable> steps(EpochCensus census, long nowEpochMillis) {
        List<Runnable> steps = new ArrayList<>();
        steps.add(() -> read(census, nowEpochMillis));
        steps.add(this::takeAnswers);
        steps.add(() -> {
            plan.deletable(Integer.MAX_VALUE).values().forEach(this::delete);
            if (flaw == Flaw.DELETES_FENCED_ABORT_EARLY) {
                deleteAborts(census);
            }
        });
        steps.add(this::ask);
        steps.add(() -> census.fenced().forEach(store::retire));
        Collections.reverse(steps);
        return steps;
    }

    private void read(EpochCensus census, long nowEpochMillis) {
        Set<GlobalTxId> unread = new LinkedHashSet<>();
        for (long incarnation : census.fenced()) {
            for (GlobalTxId id : names(incarnation)) {
                if (GarbagePlan.isDue(id, census, nowEpochMillis) && plan.isUnread(id)) {
                    unread.add(id);
                }
            }
        }
        plan.read(store.read(unread));
    }

    private Set<GlobalTxId> names(long incarnation) {
        return flaw == Flaw.SKIPS_A_CHANGED_FOLDER
                ? firstListings.computeIfAbsent(incarnation, store::names)
                : store.names(incarnation);
    }

    private void takeAnswers() {
        asked.forEach((resource, question) -> store.answer(resource)
                .filter(answer -> answer.id() == question.id() || flaw == Flaw.TAKES_AN_ANSWER_FOR_ANY_QUESTION)
                .ifPresent(answer -> plan.answered(resource, question.about(), answer.about())));
    }

    private void delete(List<GlobalTxId> ids) {
        ids.forEach(store::delete);
        plan.deleted(ids);
    }

    private void deleteAborts(EpochCensus census) {
        store.records().forEach((id, record) -> {
            if (record.decision() == Decision.ABORT
                    && census.fenced().contains(id.key().incarnation())) {
                store.delete(id);
            }
        });
    }

    private void ask() {
        asked.clear();
        plan.questions().forEach((resource, about) -> {
            long id = store.ask(resource, about);
            asked.put(resource, new SimStore.Question(id, about));
        });
    }
}
