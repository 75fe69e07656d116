package dev.assent.saga.sim;

import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.Direction;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEvent;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.tx.spec.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happened to one saga of single steps, in the words of SagaSteps: every call of the production executors, every
 * entry of the step log, and every effect at the called.
 */
final class SagaTrace {
    private final List<String> steps;
    private final List<TraceEvent> events = new ArrayList<>();
    private boolean on;

    SagaTrace(List<List<String>> shape) {
        steps = shape.stream().flatMap(List::stream).toList();
    }

    List<TraceEvent> events() {
        return List.copyOf(events);
    }

    /** From now on; until then nothing is written down, as most simulations need no trace. */
    void record() {
        on = true;
    }

    private void add(String name, int step, String value) {
        if (on) {
            events.add(new TraceEvent(name, step, value));
        }
    }

    private int number(String step) {
        return 1 + steps.indexOf(step);
    }

    void started(ProcessId by) {
        add("start", 0, by.text());
    }

    void claimed(ProcessId by) {
        add("claim", 0, by.text());
    }

    void appended(ProcessId by, List<SagaEvent> entry) {
        entry.forEach(event -> event.accept(new Entry(by)));
    }

    void called(ProcessId by, CallKey key) {
        boolean acts = key.direction() == Direction.ACTION;
        add(acts ? "callAction" : "callCompensation", number(key.step()), by.text());
    }

    /** At the called, for the first time. */
    void took(CallKey key) {
        add(key.direction() == Direction.ACTION ? "act" : "compensate", number(key.step()), "");
    }

    void told(SagaOutcome outcome) {
        add("told", 0, word(outcome));
    }

    private static String word(SagaOutcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** A line an event. */
    private final class Entry implements SagaEvent.Handler<Boolean> {
        private final ProcessId by;

        Entry(ProcessId by) {
            this.by = by;
        }

        private boolean line(String name, int step, String value) {
            add(name, step, value);
            return true;
        }

        @Override
        public Boolean stageStarted(SagaEvent.StageStarted event) {
            return line("stage", event.stage() + 1, "");
        }

        @Override
        public Boolean stepDone(SagaEvent.StepDone event) {
            return line("done", number(event.step()), by.text());
        }

        @Override
        public Boolean compensationStarted(SagaEvent.CompensationStarted event) {
            return line("turnBack", 0, by.text());
        }

        @Override
        public Boolean stepCompensated(SagaEvent.StepCompensated event) {
            return line("compensated", number(event.step()), by.text());
        }

        /** Nothing but a word to people. */
        @Override
        public Boolean stepTroubled(SagaEvent.StepTroubled event) {
            return false;
        }

        @Override
        public Boolean ended(SagaEvent.Ended event) {
            return line("ended", 0, word(event.outcome()));
        }
    }
}
