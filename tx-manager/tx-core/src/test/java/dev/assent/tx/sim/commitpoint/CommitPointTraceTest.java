package dev.assent.tx.sim.commitpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.sim.commitpoint.SimDatabase.Nature;
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
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the production machine, cut at every moment, are behaviours of the specification; forged ones are not. */
class CommitPointTraceTest {
    private static final List<List<Nature>> SHAPES = List.of(
            List.of(Nature.WRITER, Nature.WRITER, Nature.WRITER),
            List.of(Nature.WRITER, Nature.WRITER, Nature.REFUSER),
            List.of(Nature.REFUSER, Nature.WRITER, Nature.WRITER));

    private static final List<PointFlaw> BUGS = List.of(
            PointFlaw.COMMITS_OTHERS_BEFORE_THE_POINT,
            PointFlaw.TAKES_A_LOST_ANSWER_FOR_ABORT,
            PointFlaw.TAKES_A_LOST_VOTE_FOR_A_YES,
            PointFlaw.TELLS_ROLLED_BACK_IN_A_FENCED_EPOCH,
            PointFlaw.COORDINATOR_DELETES_EARLY);

    @Test
    void runs_are_behaviours_of_the_specification_and_forged_and_faulty_ones_are_not(@TempDir Path directory)
            throws Exception {
        Set<List<TraceEvent>> runs = runs(PointFlaw.NONE, SHAPES);
        assertThat(runs).hasSizeGreaterThan(60);
        List<List<TraceEvent>> forged = forged(runs);
        List<List<TraceEvent>> traces = new ArrayList<>(runs);
        traces.addAll(forged);
        Map<PointFlaw, List<Integer>> faulty = new EnumMap<>(PointFlaw.class);
        for (PointFlaw bug : BUGS) {
            for (List<TraceEvent> trace : runs(bug, SHAPES.subList(0, 1))) {
                if (!runs.contains(trace)) {
                    traces.add(trace);
                    faulty.computeIfAbsent(bug, key -> new ArrayList<>()).add(traces.size());
                }
            }
        }
        Files.writeString(directory.resolve("TraceData.tla"), Traces.module(traces));

        Tlc check = Tlc.check("CommitPointTrace", directory);

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
    private static Set<List<TraceEvent>> runs(PointFlaw flaw, List<List<Nature>> shapes) {
        Set<List<TraceEvent>> runs = new LinkedHashSet<>();
        for (List<Nature> shape : shapes) {
            int moments = new PointCrashMatrix(PointFlaw.NONE, shape).run(List.of());
            runs.add(run(flaw, shape, List.of()));
            for (int moment = 0; moment < moments; moment++) {
                for (PointCrashMatrix.Fault fault : PointCrashMatrix.Fault.values()) {
                    runs.add(run(flaw, shape, List.of(new PointCrashMatrix.Cut(moment, fault))));
                }
            }
        }
        return runs;
    }

    private static List<TraceEvent> run(PointFlaw flaw, List<Nature> shape, List<PointCrashMatrix.Cut> cuts) {
        PointCrashMatrix matrix = new PointCrashMatrix(flaw, shape);
        try {
            int unused = matrix.run(cuts);
        } catch (PointViolation | IllegalStateException noticed) {
            assertThat(flaw).as("%s: %s", cuts, noticed.getMessage()).isNotEqualTo(PointFlaw.NONE);
        }
        return matrix.trace();
    }

    /** Each kind of forgery, once for the first run that it can be done to. */
    private static List<List<TraceEvent>> forged(Set<List<TraceEvent>> runs) {
        List<UnaryOperator<List<TraceEvent>>> forgeries = List.of(
                run -> Traces.without(run, "through"),
                run -> Traces.without(run, "assign"),
                run -> Traces.without(run, "voted"),
                run -> Traces.without(run, "findOut"),
                run -> Traces.without(run, "look"),
                run -> Traces.replaced(run, "commit", "rollback"),
                run -> Traces.replaced(run, "tellCommit", "tellRollback"),
                run -> Traces.swapped(run, "decide"));
        List<List<TraceEvent>> forged = new ArrayList<>();
        for (UnaryOperator<List<TraceEvent>> forgery : forgeries) {
            forged.add(runs.stream()
                    .filter(run -> !forgery.apply(run).equals(run))
                    .map(forgery)
                    .findFirst()
                    .orElseThrow());
        }
        return forged;
    }
}
