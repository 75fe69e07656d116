package dev.assent.tx.replay;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.RecoveryEvent;
import dev.assent.event.StepEvent;
import dev.assent.event.TransactionEvent;
import dev.assent.flight.FlightRecording;
import dev.assent.flight.FlightText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Leads the production machine of a transaction through the inputs that were recorded, and compares: after each step the
 * commands, at the end the states. A recording that stops is a process that died there; what recovery then did must follow
 * from what was decided, or might have been.
 */
public final class Replay {
    /** Of commands: waits, and words that may have been cut or blackened. */
    private static final Set<String> NOT_COMPARED = Set.of("pauseMillis", "cause", "detail");

    private final FlightRecording recording;
    private final ReplayState recorded = new ReplayState();
    private final ReplayState replayed = new ReplayState();
    private final List<Event> events = new ArrayList<>();
    /** By kind and branch, how many the replay has told. */
    private final Map<String, Integer> arrivals = new TreeMap<>();

    private final List<String> notes = new ArrayList<>();
    private final ReplayedEvents shell;
    private Optional<StepEvent.Started> started = Optional.empty();
    private @Nullable ReplayedMachine<?, ?> machine;
    private int steps;
    private Optional<String> divergence = Optional.empty();

    private Replay(FlightRecording recording) {
        this.recording = recording;
        this.shell = new ReplayedEvents(recording.transaction(), this::number, this::replayed);
    }

    /**
     * Replays.
     *
     * @throws IllegalArgumentException the recording cannot be replayed: it has gaps, or holds no transaction's beginning;
     *     the message says which
     */
    public static ReplayVerdict of(FlightRecording recording) {
        Replay replay = new Replay(recording);
        replay.run();
        return new ReplayVerdict(
                recording.transaction(),
                replay.started.map(StepEvent.Started::machine).orElse("none"),
                replay.steps,
                replay.recorded.hasEnded(),
                replay.notes,
                replay.recorded.text(),
                replay.replayed.text(),
                replay.divergence);
    }

    private void run() {
        FlightRecording.Section coordinator = coordinator();
        for (Map<String, Object> event : coordinator.events()) {
            take(event);
        }
        boolean isCut = events.stream().noneMatch(event -> event instanceof TransactionEvent.Ended);
        events.forEach(event -> compareArrival(event, isCut));
        arrivals.forEach((what, more) -> {
            if (more > 0) {
                diverge("the recording's steps tell of " + what + ", and its events do not");
            }
        });
        recover();
        compareStates(isCut);
    }

    /** @throws IllegalArgumentException the machine was not made of so many branches */
    private int number(int place) {
        List<Integer> numbers = started.map(StepEvent.Started::branches).orElse(List.of());
        if (place < 0 || place >= numbers.size()) {
            throw new IllegalArgumentException("step " + steps + " is about a branch that is not among " + numbers);
        }
        return numbers.get(place);
    }

    /** Whose machine it was. */
    private FlightRecording.Section coordinator() {
        List<FlightRecording.Section> began = recording.sections().stream()
                .filter(section ->
                        section.events().stream().anyMatch(event -> "transaction.begun".equals(event.get("event"))))
                .toList();
        if (began.size() != 1) {
            throw new IllegalArgumentException(
                    began.isEmpty()
                            ? "the recording does not hold the transaction's beginning: its coordinator began to record"
                                    + " later, or had no place for it; add that coordinator's directory or address"
                            : "two processes tell that they began the transaction; export those of one cluster only");
        }
        return began.get(0);
    }

    private void take(Map<String, Object> event) {
        String name = String.valueOf(event.get("event"));
        if (name.equals("gap")) {
            throw new IllegalArgumentException("the recording has a gap after step " + steps + ": " + event
                    + "; what was not recorded cannot be replayed");
        } else if (name.equals("step.stepped")) {
            step(event);
        } else {
            EventReading.read(event).ifPresent(this::recorded);
        }
    }

    private void recorded(Event event) {
        if (event instanceof StepEvent.Started of) {
            started = Optional.of(of);
            machine = ReplayedMachine.of(of, shell);
        } else {
            events.add(event);
            if (event instanceof BranchEvent.Enlisted enlisted) {
                recorded.heard(enlisted);
                replayed.branchesOf(recorded);
            }
        }
    }

    private void step(Map<String, Object> event) {
        steps++;
        if (divergence.isPresent()) {
            return;
        }
        ReplayedMachine<?, ?> led = machine;
        if (led == null) {
            throw new IllegalArgumentException("step " + steps + " comes before the machine that took it");
        }
        List<Object> wanted;
        try {
            wanted = led.step(event.getOrDefault("input", "nothing")).stream()
                    .<Object>map(FlightText::form)
                    .map(Replay::compared)
                    .toList();
        } catch (IllegalStateException | IndexOutOfBoundsException broken) {
            diverge("step " + steps + ": the machine does not take " + event.get("input") + ": " + broken.getMessage());
            return;
        }
        Object then = compared(event.getOrDefault("commands", List.of()));
        if (!wanted.equals(then)) {
            diverge("step " + steps + ", " + compared(event.getOrDefault("input", "nothing")) + ": recorded commands "
                    + then + ", replayed " + wanted);
        }
    }

    /** The first is what matters: the rest follows from it. */
    private void diverge(String where) {
        if (divergence.isEmpty()) {
            divergence = Optional.of(where);
        }
    }

    private static Object compared(Object form) {
        if (form instanceof List<?> list) {
            return list.stream().map(one -> compared((Object) one)).toList();
        }
        if (!(form instanceof Map<?, ?> fields)) {
            return form;
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (!NOT_COMPARED.contains(String.valueOf(name))) {
                kept.put(String.valueOf(name), compared(value));
            }
        });
        return kept;
    }

    private void replayed(Event event) {
        replayed.heard(event);
        arrival(event).ifPresent(what -> arrivals.merge(what, 1, Integer::sum));
    }

    /** What was told of an answer before the machine was given it. A decision is told once. */
    private static Optional<String> arrival(Event event) {
        if (event instanceof BranchEvent of && !(event instanceof BranchEvent.Enlisted)) {
            return Optional.of(event.name() + " of branch " + of.branch());
        }
        return Optional.empty();
    }

    private void compareArrival(Event event, boolean isCut) {
        if (event instanceof BranchEvent.Enlisted) {
            return;
        }
        Optional<String> what = arrival(event);
        boolean isDecisionNotTaken =
                event instanceof TransactionEvent.Decided && replayed.decision().isEmpty();
        boolean isNotTaken = what.isPresent() && arrivals.getOrDefault(what.get(), 0) == 0;
        if (isNotTaken || isDecisionNotTaken) {
            String told = what.orElse(event.name());
            if (isCut) {
                notes.add("when it was cut, this had come and was not taken yet: " + told);
            } else {
                diverge("the recording's events tell of " + told + ", and its steps do not");
            }
            return;
        }
        what.ifPresent(counted -> arrivals.merge(counted, -1, Integer::sum));
        recorded.heard(event);
    }

    /** Obeys the decision; who does not know it finds a COMMIT only if one was asked for. */
    private void recover() {
        Optional<Boolean> found = replayed.decision().flatMap(decision -> switch (decision) {
            case COMMIT -> Optional.of(true);
            case ABORT -> Optional.of(false);
            case UNKNOWN -> Optional.empty();
        });
        if (found.isEmpty() && !shell.commands().mayBeCommitted()) {
            found = Optional.of(false);
        }
        for (FlightRecording.Section section : recording.sections()) {
            for (Map<String, Object> fields : section.events()) {
                if (EventReading.read(fields).orElse(null) instanceof RecoveryEvent.BranchEnded end) {
                    found = found.or(() -> Optional.of(end.committed()));
                    if (found.get() != end.committed()) {
                        diverge("recovery ended the branch of " + end.resource() + " by "
                                + (end.committed() ? "commit, and no COMMIT was decided" : "rollback, after a COMMIT"));
                    }
                    recorded.recovered(end);
                    replayed.recovered(end.resource(), found.get());
                    notes.add("recovery by " + section.process().get("name") + " ended the branch of " + end.resource()
                            + ": " + (end.committed() ? "commit" : "rollback"));
                }
            }
        }
    }

    /** Where a process died, the last things that its machine wanted may not have been told any more. */
    private void compareStates(boolean isCut) {
        if (isCut && recorded.decision().isEmpty() && replayed.decision().isPresent()) {
            notes.add("when it was cut, this was decided and not told yet: " + shown(replayed.decision()));
        } else if (!recorded.decision().equals(replayed.decision())) {
            diverge("the decision: recorded " + shown(recorded.decision()) + ", replayed "
                    + shown(replayed.decision()));
        }
        recorded.branches().forEach((branch, state) -> {
            String other = replayed.branches().getOrDefault(branch, "nothing");
            if (!other.equals(state)) {
                diverge("branch " + branch + " of " + recorded.resource(branch) + ": recorded " + state + ", replayed "
                        + other);
            }
        });
        if (isCut && recorded.told().isEmpty() && replayed.told().isPresent()) {
            notes.add("when it was cut, the caller was to be told " + shown(replayed.told()));
        } else if (!recorded.told().equals(replayed.told())) {
            diverge("what the caller was told: recorded " + shown(recorded.told()) + ", replayed "
                    + shown(replayed.told()));
        }
        if (!isCut && !replayed.hasEnded()) {
            diverge("the recording has ended, and the machine has not");
        } else if (!isCut && !recorded.end().equals(replayed.end())) {
            diverge("the end: recorded " + shown(recorded.end()) + ", replayed " + shown(replayed.end()));
        }
    }

    private static String shown(Optional<? extends Enum<?>> value) {
        return value.stream().map(Enum::name).collect(Collectors.joining());
    }
}
