package dev.assent.tx.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.protocol.twophase.LoneBranch;
import dev.assent.tx.sim.SimResource.Nature;
import dev.assent.tx.spec.Tlc;
import dev.assent.tx.spec.TraceEvent;
import dev.assent.tx.spec.Traces;
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
        Set<List<TraceEvent>> runs = runs(Flaw.NONE, SHAPES);
        assertThat(runs).hasSizeGreaterThan(100);
        List<List<TraceEvent>> forged = forged(runs);
        List<List<TraceEvent>> traces = new ArrayList<>(runs);
        traces.addAll(forged);
        Map<Flaw, List<Integer>> faulty = new EnumMap<>(Flaw.class);
        for (Flaw bug : BUGS) {
            for (List<TraceEvent> trace : runs(bug, SHAPES.subList(0, 1))) {
                if (!runs.contains(trace)) {
                    traces.add(trace);
                    faulty.computeIfAbsent(bug, key -> new ArrayList<>()).add(traces.size());
                }
            }
        }
        Files.writeString(directory.resolve("TraceData.tla"), Traces.module(traces));

        Tlc check = Tlc.check("TwoPhaseCommitTrace", directory);

        assertThat(check.exitCode()).as(check.output()).isZero();
        for (int place = 1; place <= runs.size() + forged.size(); place++) {
            List<TraceEvent> trace = traces.get(place - 1);
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
    private static Set<List<TraceEvent>> runs(Flaw flaw, List<List<Nature>> shapes) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
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

    private static List<TraceEvent> run(Flaw flaw, List<Nature> shape, List<CrashMatrix.Cut> cuts) {
        CrashMatrix matrix = new CrashMatrix(flaw, shape, LoneBranch.WITH_RECORD);
        try {
            int unused = matrix.run(true, cuts);
        } catch (Violation | IllegalStateException noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(Flaw.NONE);
        }
        return matrix.trace();
    }

    /** Each kind of forgery, once for the first run that it can be done to. */
    private static List<List<TraceEvent>> forged(Set<List<TraceEvent>> runs) {
        List<UnaryOperator<List<TraceEvent>>> forgeries = List.of(
                run -> Traces.without(run, "create"),
                run -> Traces.without(run, "voted"),
                run -> Traces.without(run, "prepare"),
                run -> Traces.without(run, "read"),
                run -> Traces.place(run, "fence") < Traces.place(run, "rollback") ? Traces.without(run, "fence") : run,
                run -> Traces.replaced(run, "tellCommit", "tellRollback"),
                run -> Traces.replaced(run, "commit", "rollback"),
                run -> Traces.swapped(run, "sendCreate"));
        List<List<TraceEvent>> forged = new ArrayList<>();
        for (UnaryOperator<List<TraceEvent>> forgery : forgeries) {
            Optional<List<TraceEvent>> first = runs.stream()
                    .filter(run -> !forgery.apply(run).equals(run))
                    .map(forgery)
                    .findFirst();
            forged.add(first.orElseThrow());
        }
        return forged;
    }
}
