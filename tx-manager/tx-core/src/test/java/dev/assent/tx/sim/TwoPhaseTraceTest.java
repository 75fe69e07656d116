package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.sim.SimResource.Nature;
import dev.assent.tx.spec.Tlc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the production machines, cut at every moment, are behaviours of the specification; forged ones are not. */
class TwoPhaseTraceTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.READER),
            List.of(Nature.READER, Nature.READER),
            List.of(Nature.WRITER, Nature.REFUSER));

    /** What an operator does to a branch by hand is outside of the protocol. */
    private static final Set<CrashMatrix.Fault> BY_HAND =
            Set.of(CrashMatrix.Fault.ROLLED_BACK_BY_HAND, CrashMatrix.Fault.COMMITTED_BY_HAND);

    private static final List<Flaw> BUGS = List.of(
            Flaw.COMMITS_BEFORE_THE_RECORD,
            Flaw.TAKES_ANY_RECORD_FOR_COMMIT,
            Flaw.ROLLS_BACK_WHEN_FENCED_AND_ABSENT,
            Flaw.CHECKS_NO_EPOCH);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<Trace.Event>> runs = runs(Flaw.NONE, SHAPES);
        assertThat(runs).hasSizeGreaterThan(100);
        List<List<Trace.Event>> forged = forged(runs);
        List<List<Trace.Event>> traces = new ArrayList<>(runs);
        traces.addAll(forged);
        Map<Flaw, List<Integer>> faulty = new EnumMap<>(Flaw.class);
        for (Flaw bug : BUGS) {
            for (List<Trace.Event> trace : runs(bug, SHAPES.subList(0, 1))) {
                if (!runs.contains(trace)) {
                    traces.add(trace);
                    faulty.computeIfAbsent(bug, key -> new ArrayList<>()).add(traces.size());
                }
            }
        }
        Files.writeString(directory.resolve("TraceData.tla"), module(traces));

        Tlc check = Tlc.check("TwoPhaseCommitTrace", directory);

        assertThat(check.exitCode()).as(check.output()).isZero();
        for (int place = 1; place <= runs.size() + forged.size(); place++) {
            List<Trace.Event> trace = traces.get(place - 1);
            int followed = check.reached().getOrDefault(place, 0);
            if (place <= runs.size()) {
                assertThat(followed)
                        .as("a run, left after line %s: %s", followed, trace)
                        .isEqualTo(trace.size());
            } else {
                assertThat(followed).as("a forged run: %s", trace).isLessThan(trace.size());
            }
        }
        assertThat(faulty.keySet()).containsExactlyInAnyOrderElementsOf(BUGS);
        faulty.forEach((bug, places) -> assertThat(places)
                .as("traces of %s", bug)
                .anyMatch(place -> check.reached().getOrDefault(place, 0)
                        < traces.get(place - 1).size()));
    }

    /** All that differ, of a transaction of each shape with each fault at each moment. */
    private static Set<List<Trace.Event>> runs(Flaw flaw, List<List<Nature>> shapes) {
        Set<List<Trace.Event>> runs = new LinkedHashSet<>();
        for (List<Nature> shape : shapes) {
            int moments = new CrashMatrix(Flaw.NONE, shape, LoneBranch.WITH_RECORD).run(true, List.of());
            runs.add(run(flaw, shape, List.of()));
            for (int moment = 0; moment < moments; moment++) {
                for (CrashMatrix.Fault fault : CrashMatrix.Fault.values()) {
                    if (!BY_HAND.contains(fault)) {
                        runs.add(run(flaw, shape, List.of(new CrashMatrix.Cut(moment, fault))));
                    }
                }
            }
        }
        return runs;
    }

    private static List<Trace.Event> run(Flaw flaw, List<Nature> shape, List<CrashMatrix.Cut> cuts) {
        CrashMatrix matrix = new CrashMatrix(flaw, shape, LoneBranch.WITH_RECORD);
        try {
            int unused = matrix.run(true, cuts);
        } catch (Violation | IllegalStateException noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(Flaw.NONE);
        }
        return matrix.trace();
    }

    /** Each kind of forgery, once for the first run that it can be done to. */
    private static List<List<Trace.Event>> forged(Set<List<Trace.Event>> runs) {
        List<UnaryOperator<List<Trace.Event>>> forgeries = List.of(
                run -> without(run, "create"),
                run -> without(run, "voted"),
                run -> without(run, "prepare"),
                run -> without(run, "read"),
                run -> place(run, "fence") < place(run, "rollback") ? without(run, "fence") : run,
                run -> replaced(run, "tellCommit", "tellRollback"),
                run -> replaced(run, "commit", "rollback"),
                run -> swapped(run, "sendCreate"));
        List<List<Trace.Event>> forged = new ArrayList<>();
        for (UnaryOperator<List<Trace.Event>> forgery : forgeries) {
            Optional<List<Trace.Event>> first = runs.stream()
                    .filter(run -> !forgery.apply(run).equals(run))
                    .map(forgery)
                    .findFirst();
            forged.add(first.orElseThrow());
        }
        return forged;
    }

    private static int place(List<Trace.Event> run, String name) {
        for (int place = 0; place < run.size(); place++) {
            if (run.get(place).name().equals(name)) {
                return place;
            }
        }
        return -1;
    }

    private static List<Trace.Event> without(List<Trace.Event> run, String name) {
        List<Trace.Event> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place >= 0) {
            forged.remove(place);
        }
        return forged;
    }

    private static List<Trace.Event> replaced(List<Trace.Event> run, String name, String by) {
        List<Trace.Event> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place >= 0) {
            Trace.Event event = run.get(place);
            forged.set(place, new Trace.Event(by, event.branch(), event.value()));
        }
        return forged;
    }

    /** With the line before it. */
    private static List<Trace.Event> swapped(List<Trace.Event> run, String name) {
        List<Trace.Event> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place > 0) {
            forged.set(place, run.get(place - 1));
            forged.set(place - 1, run.get(place));
        }
        return forged;
    }

    private static String module(List<List<Trace.Event>> traces) {
        return traces.stream()
                .map(trace -> trace.stream().map(Trace.Event::tla).collect(Collectors.joining(",\n    ", "<<", ">>")))
                .collect(Collectors.joining(",\n  ", "---- MODULE TraceData ----\nTraces == <<\n  ", ">>\n====\n"));
    }
}
