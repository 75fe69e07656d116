package dev.assent.saga.sim;

import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaProgress;
import dev.assent.saga.spi.StepCalls;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must hold at each call, and at the end. */
final class SimAudit {
    private final SimRun run;
    private final Map<SagaId, SagaOutcome> outcomes = new TreeMap<>();
    private final Map<SagaId, SagaHeader> headers = new TreeMap<>();

    SimAudit(SimRun run) {
        this.run = run;
    }

    /** Whoever may write to the log calls only what the log gives the reason for. The others are too late anyway. */
    void called(SimProcess process, StepCalls.Request request) {
        headers.put(request.key().saga(), request.header());
        SimStore.Log log = run.store.logs.get(request.key().saga());
        if (log == null) {
            throw new Violation("a call of " + request.key() + ", whose log is gone");
        }
        if (!log.executor.equals(process.id)) {
            return;
        }
        SagaProgress progress = log.record().progress();
        boolean acts = request.key().direction() == Direction.ACTION;
        int stage = stageOf(request.header(), request.key().step());
        Violation.check(stage < progress.stagesStarted(), request.key() + " is called before its stage is recorded");
        Violation.check(acts == progress.cause().isEmpty(), request.key() + " is called while " + progress.status());
        Violation.check(progress.outcome().isEmpty(), request.key() + " is called after the end");
    }

    private static int stageOf(SagaHeader header, String step) {
        for (int stage = 0; stage < header.shape().size(); stage++) {
            if (header.shape().get(stage).contains(step)) {
                return stage;
            }
        }
        throw new IllegalArgumentException("no step " + step);
    }

    void told(SagaId saga, SagaOutcome outcome) {
        run.trace.told(outcome);
        SagaOutcome before = outcomes.putIfAbsent(saga, outcome);
        Violation.check(before == null || before == outcome, saga + " is told as " + before + " and as " + outcome);
    }

    /** Everything is healed, and there was time enough. */
    void ended(List<SagaId> started) {
        for (SagaId saga : started) {
            SagaOutcome outcome = outcome(saga);
            headers.computeIfPresent(saga, (id, header) -> {
                new Effects(header, run.services.effects).check(outcome);
                return header;
            });
        }
    }

    SagaOutcome outcome(SagaId saga) {
        SagaOutcome outcome = outcomes.get(saga);
        if (outcome == null) {
            throw new Violation(saga + " has not ended");
        }
        return outcome;
    }

    /** All effects of one saga. */
    private static final class Effects {
        private final SagaHeader header;
        private final List<SimServices.Effect> all;

        Effects(SagaHeader header, List<SimServices.Effect> effects) {
            this.header = header;
            all = effects.stream()
                    .filter(effect -> effect.saga().equals(header.id()))
                    .toList();
        }

        void check(SagaOutcome outcome) {
            for (List<String> stage : header.shape()) {
                for (String step : stage) {
                    long acted = count(step, Direction.ACTION);
                    long undone = count(step, Direction.COMPENSATION);
                    String what = header.id() + "/" + step + " acted " + acted + " times, undone " + undone;
                    Violation.check(
                            outcome == SagaOutcome.COMPLETED
                                    ? acted == 1 && undone == 0
                                    : acted == undone && acted <= 1,
                            what + ", " + outcome);
                }
            }
            int last = -1;
            boolean back = false;
            for (SimServices.Effect effect : all) {
                int stage = stageOf(header, effect.step());
                boolean undoes = effect.direction() == Direction.COMPENSATION;
                boolean inOrder = undoes ? !back || stage <= last : stage >= last && !back;
                Violation.check(inOrder, header.id() + " out of order: " + all);
                back |= undoes;
                last = stage;
            }
        }

        private long count(String step, Direction direction) {
            return all.stream()
                    .filter(effect -> effect.step().equals(step) && effect.direction() == direction)
                    .count();
        }
    }
}
