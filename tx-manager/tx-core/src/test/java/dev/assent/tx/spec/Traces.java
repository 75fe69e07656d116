package dev.assent.tx.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Traces for the model checker, and forgeries of them. */
public final class Traces {
    private Traces() {}

    /** The module {@code TraceData}, which the specifications of traces extend. */
    public static String module(List<List<TraceEvent>> traces) {
        return traces.stream()
                .map(trace -> trace.stream().map(TraceEvent::tla).collect(Collectors.joining(",\n    ", "<<", ">>")))
                .collect(Collectors.joining(",\n  ", "---- MODULE TraceData ----\nTraces == <<\n  ", ">>\n====\n"));
    }

    /** The first line of that name, from 0; -1 if there is none. */
    public static int place(List<TraceEvent> run, String name) {
        for (int place = 0; place < run.size(); place++) {
            if (run.get(place).name().equals(name)) {
                return place;
            }
        }
        return -1;
    }

    /** The same without the first such line. */
    public static List<TraceEvent> without(List<TraceEvent> run, String name) {
        List<TraceEvent> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place >= 0) {
            forged.remove(place);
        }
        return forged;
    }

    /** The same with the first such line called otherwise. */
    public static List<TraceEvent> replaced(List<TraceEvent> run, String name, String by) {
        List<TraceEvent> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place >= 0) {
            TraceEvent event = run.get(place);
            forged.set(place, new TraceEvent(by, event.branch(), event.value(), event.number()));
        }
        return forged;
    }

    /** The same with the first such line and the one before it the other way round. */
    public static List<TraceEvent> swapped(List<TraceEvent> run, String name) {
        List<TraceEvent> forged = new ArrayList<>(run);
        int place = place(run, name);
        if (place > 0) {
            forged.set(place, run.get(place - 1));
            forged.set(place - 1, run.get(place));
        }
        return forged;
    }
}
