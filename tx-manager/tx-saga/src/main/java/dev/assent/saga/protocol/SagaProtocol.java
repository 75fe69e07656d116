package dev.assent.saga.protocol;

import dev.assent.invariants.Invariants;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaPlan;
import dev.assent.saga.model.SagaProgress;
import dev.assent.saga.model.StepAnswer;
import dev.assent.saga.model.StepRule;
import dev.assent.saga.protocol.Attempts.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One saga in one executor. It knows two states: what the log says, on which calls are founded, and what it will say
 * once everything that was noticed is recorded, on which plans are. One entry is under way at a time; what is noticed
 * meanwhile shares the next one. One thread at a time.
 */
public final class SagaProtocol {
    /** Failed attempts of a compensation after which the log says that somebody should look. */
    public static final int TROUBLED_AFTER = 8;

    private final SagaPlan plan;
    private final SagaProgress durable;
    private final SagaProgress planned;
    private final Attempts attempts = new Attempts();
    private final List<SagaEvent> unsent = new ArrayList<>();
    private List<SagaEvent> inFlight = List.of();
    private int nextEntry;
    private boolean fenced;
    private @Nullable String failing;
    private List<SagaCommand> commands = new ArrayList<>();

    /**
     * From what the log says.
     *
     * @throws Invariants.Violation the log contradicts the rules, or is another plan's
     */
    public SagaProtocol(SagaPlan plan, List<SagaEntry> log) {
        this.plan = plan;
        durable = SagaProgress.of(plan.shape(), log);
        planned = SagaProgress.of(plan.shape(), log);
        nextEntry = log.size();
    }

    /** Reacts to one input; one that comes too late changes nothing. */
    public List<SagaCommand> step(SagaInput input) {
        commands = new ArrayList<>();
        if (!isFinished()) {
            input.accept(new Reactions());
            advance();
            send();
        }
        return List.copyOf(commands);
    }

    /** Whether nothing is left to do in this process. */
    public boolean isFinished() {
        return fenced || durable.outcome().isPresent();
    }

    /** What the log says. */
    public SagaProgress durable() {
        return durable;
    }

    // ---- what happened

    private final class Reactions implements SagaInput.Handler {
        @Override
        public void resumed(SagaInput.Resumed input) {
            // What is to be done follows from the log alone.
        }

        @Override
        public void recorded(SagaInput.Recorded input) {
            Invariants.check(input.entry() == nextEntry && !inFlight.isEmpty(), "the entry under way is recorded");
            inFlight.forEach(durable::apply);
            inFlight = List.of();
            nextEntry++;
            durable.outcome().ifPresent(outcome -> commands.add(new SagaCommand.Tell(outcome)));
        }

        @Override
        public void fenced(SagaInput.Fenced input) {
            fenced = true;
        }

        @Override
        public void answered(SagaInput.Answered input) {
            input.answer().accept(new Answers(input));
        }

        @Override
        public void timedOut(SagaInput.TimedOut input) {
            if (attempts.is(input.step(), input.direction(), input.attempt(), Phase.CALLING)) {
                commands.add(new SagaCommand.GiveUp(input.step(), input.direction(), input.attempt()));
                String cause = "no answer within " + plan.rule(input.step()).timeoutMillis() + " ms";
                failed(input.step(), input.direction(), input.attempt(), cause);
            }
        }

        @Override
        public void retryDue(SagaInput.RetryDue input) {
            if (attempts.is(input.step(), input.direction(), input.attempt(), Phase.PAUSING)
                    && (input.direction() == Direction.COMPENSATION || failing == null)) {
                call(input.step(), input.direction(), input.attempt() + 1);
            }
        }

        @Override
        public void deadlinePassed(SagaInput.DeadlinePassed input) {
            turnBack("not completed within " + plan.timeoutMillis() + " ms");
        }
    }

    private final class Answers implements StepAnswer.Handler<Boolean> {
        private final SagaInput.Answered input;

        Answers(SagaInput.Answered input) {
            this.input = input;
        }

        @Override
        public Boolean done(StepAnswer.Done answer) {
            attempts.over(input.step(), input.direction());
            if (input.direction() == Direction.ACTION) {
                return !isTurning()
                        && !planned.isDone(input.step())
                        && plan(new SagaEvent.StepDone(input.step(), answer.result()));
            }
            return !planned.isCompensated(input.step()) && plan(new SagaEvent.StepCompensated(input.step()));
        }

        @Override
        public Boolean refused(StepAnswer.Refused answer) {
            if (input.direction() == Direction.ACTION) {
                if (!planned.isDone(input.step())) {
                    turnBack("step " + input.step() + ": " + answer.cause());
                }
                if (attempts.is(input.step(), input.direction(), input.attempt(), Phase.CALLING)) {
                    attempts.over(input.step(), input.direction());
                }
                return true;
            }
            return failedNow(answer.cause());
        }

        @Override
        public Boolean failed(StepAnswer.Failed answer) {
            return failedNow(answer.cause());
        }

        private Boolean failedNow(String cause) {
            if (attempts.is(input.step(), input.direction(), input.attempt(), Phase.CALLING)) {
                SagaProtocol.this.failed(input.step(), input.direction(), input.attempt(), cause);
            }
            return true;
        }
    }

    private void failed(String step, Direction direction, int attempt, String cause) {
        StepRule rule = plan.rule(step);
        if (direction == Direction.ACTION && (failing != null || attempt >= rule.attemptsMax())) {
            attempts.over(step, direction);
            turnBack("step " + step + ": " + cause);
            return;
        }
        if (direction == Direction.COMPENSATION && attempt >= TROUBLED_AFTER && !planned.isTroubled(step)) {
            plan(new SagaEvent.StepTroubled(step, attempt, shortened(cause)));
        }
        attempts.put(step, direction, attempt, Phase.PAUSING);
        commands.add(
                new SagaCommand.Pause(step, direction, attempt, rule.pauses().pauseMillis(attempt)));
    }

    private static String shortened(String cause) {
        return cause.substring(0, Math.min(cause.length(), SagaEvent.CAUSE_CHARACTERS_MAX));
    }

    private void turnBack(String cause) {
        if (failing == null && !isTurning() && planned.outcome().isEmpty()) {
            failing = shortened(cause);
        }
    }

    private boolean isTurning() {
        return planned.cause().isPresent();
    }

    private boolean plan(SagaEvent event) {
        planned.apply(event);
        unsent.add(event);
        return true;
    }

    // ---- what follows

    private void advance() {
        if (isFinished() || planned.outcome().isPresent()) {
            return;
        }
        if (isTurning()) {
            backward();
        } else if (failing != null) {
            if (!attempts.anyCalling(Direction.ACTION)) {
                plan(new SagaEvent.CompensationStarted(failing));
            }
        } else {
            forward();
        }
    }

    private void forward() {
        int stage = planned.stagesStarted() - 1;
        if (planned.isDone(stage)) {
            plan(
                    stage == plan.stages().size() - 1
                            ? new SagaEvent.Ended(SagaOutcome.COMPLETED)
                            : new SagaEvent.StageStarted(stage + 1));
        } else if (durable.stagesStarted() == planned.stagesStarted()) {
            for (StepRule step : plan.stages().get(stage)) {
                if (!planned.isDone(step.name()) && !attempts.isKnown(step.name(), Direction.ACTION)) {
                    call(step.name(), Direction.ACTION, 1);
                }
            }
        }
    }

    private void backward() {
        if (stageToCompensate(planned).isEmpty()) {
            plan(new SagaEvent.Ended(SagaOutcome.COMPENSATED));
            return;
        }
        if (durable.cause().isEmpty()) {
            return;
        }
        // The stage before waits until the log says that this one is undone: the order then outlives every executor.
        for (StepRule step : stageToCompensate(durable).orElse(List.of())) {
            if (step.isCompensated()
                    && !planned.isCompensated(step.name())
                    && !attempts.isKnown(step.name(), Direction.COMPENSATION)) {
                call(step.name(), Direction.COMPENSATION, 1);
            }
        }
    }

    /** The last started one in which something is left to undo. Whether a step was answered does not matter. */
    private Optional<List<StepRule>> stageToCompensate(SagaProgress progress) {
        for (int stage = progress.stagesStarted() - 1; stage >= 0; stage--) {
            List<StepRule> steps = plan.stages().get(stage);
            if (steps.stream().anyMatch(step -> step.isCompensated() && !progress.isCompensated(step.name()))) {
                return Optional.of(steps);
            }
        }
        return Optional.empty();
    }

    private void call(String step, Direction direction, int attempt) {
        attempts.put(step, direction, attempt, Phase.CALLING);
        commands.add(
                new SagaCommand.Call(step, direction, attempt, plan.rule(step).timeoutMillis()));
    }

    private void send() {
        if (inFlight.isEmpty() && !unsent.isEmpty() && !isFinished()) {
            inFlight = List.copyOf(unsent);
            unsent.clear();
            commands.add(new SagaCommand.Append(nextEntry, inFlight));
        }
    }
}
