package dev.assent.tx.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Runs of a protocol's production machines, as the simulation writes them down: the specification must be able to follow
 * each to its end, and must leave forged ones and some of those of faulty machines. One call of the model checker.
 */
public final class TraceCheck {
    private final String module;
    private final Set<List<TraceEvent>> runs;
    private final List<List<TraceEvent>> forged = new ArrayList<>();
    private final Map<String, List<List<TraceEvent>>> faulty = new LinkedHashMap<>();

    /** {@code module} is the specification of traces. */
    public TraceCheck(String module, Set<List<TraceEvent>> runs) {
        this.module = module;
        this.runs = new LinkedHashSet<>(runs);
    }

    /** Once for the first run that it can be done to. */
    public TraceCheck forged(UnaryOperator<List<TraceEvent>> forgery) {
        forged.add(runs.stream()
                .filter(run -> !forgery.apply(run).equals(run))
                .map(forgery)
                .findFirst()
                .orElseThrow());
        return this;
    }

    /** What a machine with that bug did; at least one of these must be refused. */
    public void faulty(String bug, Collection<List<TraceEvent>> traces) {
        List<List<TraceEvent>> other =
                traces.stream().filter(trace -> !runs.contains(trace)).toList();
        assertThat(other).as("runs of %s that are its alone", bug).isNotEmpty();
        faulty.put(bug, other);
    }

    /** Says what is wrong, as an assertion that fails. */
    public void check(Path directory) throws IOException, InterruptedException {
        List<List<TraceEvent>> traces = new ArrayList<>(runs);
        traces.addAll(forged);
        faulty.values().forEach(traces::addAll);
        Files.writeString(directory.resolve("TraceData.tla"), Traces.module(traces));
        Tlc tlc = Tlc.check(module, directory);
        assertThat(tlc.exitCode()).as(tlc.output()).isZero();
        Map<Integer, Integer> reached = tlc.reached();
        int place = 1;
        for (List<TraceEvent> run : runs) {
            int followed = reached.getOrDefault(place, 0);
            place++;
            assertThat(followed)
                    .as("a run, left after line %s: %s", followed, run)
                    .isEqualTo(run.size());
        }
        for (List<TraceEvent> run : forged) {
            assertThat(reached.getOrDefault(place, 0))
                    .as("a forged run: %s", run)
                    .isLessThan(run.size());
            place++;
        }
        for (Map.Entry<String, List<List<TraceEvent>>> bug : faulty.entrySet()) {
            boolean refused = false;
            for (List<TraceEvent> run : bug.getValue()) {
                refused |= reached.getOrDefault(place, 0) < run.size();
                place++;
            }
            assertThat(refused)
                    .as("one of the traces of %s is refused", bug.getKey())
                    .isTrue();
        }
    }
}
