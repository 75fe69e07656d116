package dev.assent.saga.model;

import dev.assent.invariants.Invariants;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How far a saga is, as its events tell it. One thread at a time. */
public final class SagaProgress {
    private final List<List<String>> shape;
    private final Map<String, String> results = new TreeMap<>();
    private final Set<String> compensated = new TreeSet<>();
    private final Map<String, String> troubles = new TreeMap<>();
    private int started;
    private @Nullable String cause;
    private @Nullable SagaOutcome outcome;

    /** Of a saga of that shape, before its first event. */
    public SagaProgress(List<List<String>> shape) {
        this.shape = shape;
    }

    /**
     * Of a whole log.
     *
     * @throws Invariants.Violation the entries contradict the rules or the shape
     */
    public static SagaProgress of(List<List<String>> shape, List<SagaEntry> entries) {
        SagaProgress progress = new SagaProgress(shape);
        for (int number = 0; number < entries.size(); number++) {
            Invariants.check(entries.get(number).number() == number, "a step log has no gaps");
            entries.get(number).events().forEach(progress::apply);
        }
        return progress;
    }

    /** One more event. */
    public void apply(SagaEvent event) {
        Invariants.check(outcome == null, "nothing follows a saga's end");
        event.accept(new Applying());
    }

    private final class Applying implements SagaEvent.Handler<Boolean> {
        @Override
        public Boolean stageStarted(SagaEvent.StageStarted event) {
            Invariants.check(cause == null, "no stage is started once a saga turns back");
            Invariants.check(event.stage() == started && started < shape.size(), "stages are started in their order");
            Invariants.check(isDone(started - 1), "a stage is started when the one before is done");
            started++;
            return true;
        }

        @Override
        public Boolean stepDone(SagaEvent.StepDone event) {
            Invariants.check(cause == null, "no step is done once a saga turns back");
            Invariants.check(
                    started > 0 && shape.get(started - 1).contains(event.step()), "a step is done in its stage");
            Invariants.check(!results.containsKey(event.step()), "a step is done once");
            results.put(event.step(), event.result());
            return true;
        }

        @Override
        public Boolean compensationStarted(SagaEvent.CompensationStarted event) {
            Invariants.check(cause == null, "a saga turns back once");
            cause = event.cause();
            return true;
        }

        @Override
        public Boolean stepCompensated(SagaEvent.StepCompensated event) {
            Invariants.check(cause != null, "a step is compensated once its saga has turned back");
            Invariants.check(stageOf(event.step()) < started, "what was not started is not compensated");
            Invariants.check(compensated.add(event.step()), "a step is compensated once");
            troubles.remove(event.step());
            return true;
        }

        @Override
        public Boolean stepTroubled(SagaEvent.StepTroubled event) {
            Invariants.check(cause != null && !compensated.contains(event.step()), "only a compensation is in trouble");
            troubles.put(event.step(), event.cause());
            return true;
        }

        @Override
        public Boolean ended(SagaEvent.Ended event) {
            boolean completed = event.outcome() == SagaOutcome.COMPLETED;
            Invariants.check(completed == (cause == null), "a saga that turned back is compensated");
            boolean isAllDone = started == shape.size() && isDone(started - 1);
            Invariants.check(!completed || isAllDone, "completed is all done");
            outcome = event.outcome();
            return true;
        }
    }

    private int stageOf(String step) {
        for (int stage = 0; stage < shape.size(); stage++) {
            if (shape.get(stage).contains(step)) {
                return stage;
            }
        }
        return shape.size();
    }

    /** Stages whose steps may have been called. */
    public int stagesStarted() {
        return started;
    }

    /** Whether all steps of that stage are done; also of the one before the first. */
    public boolean isDone(int stage) {
        return stage < 0 || results.keySet().containsAll(shape.get(stage));
    }

    public boolean isDone(String step) {
        return results.containsKey(step);
    }

    /** Of the steps that are done. */
    public Map<String, String> results() {
        return Collections.unmodifiableMap(results);
    }

    public boolean isCompensated(String step) {
        return compensated.contains(step);
    }

    public boolean isTroubled(String step) {
        return troubles.containsKey(step);
    }

    /** Compensations that fail again and again, with the cause that was told first. */
    public Map<String, String> troubles() {
        return Collections.unmodifiableMap(troubles);
    }

    /** Why the saga turned back; empty while it has not. */
    public Optional<String> cause() {
        return Optional.ofNullable(cause);
    }

    /** Empty while it has not ended. */
    public Optional<SagaOutcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    public SagaStatus status() {
        if (outcome != null) {
            return outcome == SagaOutcome.COMPLETED ? SagaStatus.COMPLETED : SagaStatus.COMPENSATED;
        }
        if (cause == null) {
            return SagaStatus.RUNNING;
        }
        return troubles.isEmpty() ? SagaStatus.COMPENSATING : SagaStatus.STUCK;
    }
}
