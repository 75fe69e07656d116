package dev.assent.shop.gray;

import dev.assent.shop.platform.Pauses;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs one row: work, break, work on, heal, judge. */
final class Trial {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 100;

    private final Stage stage;
    private final Consumer<String> progress;

    Trial(Stage stage, Consumer<String> progress) {
        this.stage = stage;
        this.progress = progress;
    }

    /** A span of the nanosecond clock. */
    private record Window(long fromNanos, long toNanos) {
        static Window spend(Duration length) throws InterruptedException {
            long from = System.nanoTime();
            Pauses.pause(length.toMillis());
            return new Window(from, System.nanoTime());
        }
    }

    private record Windows(Window before, Window during, Window after) {}

    /** On a stage that is shown to be well; whatever happens, it is healed at the end. */
    Report run(Row row) throws Exception {
        StageProof.prove(stage);
        try (Scene scene = row.script().open(stage)) {
            return measure(scene);
        } finally {
            stage.mend();
        }
    }

    private Report measure(Scene scene) throws Exception {
        Windows windows = breakAndHeal(scene);
        List<String> faults = new ArrayList<>();
        for (Callers callers : scene.everybody()) {
            if (!callers.stop(END_PATIENCE)) {
                faults.add(callers.name() + " never got their answers");
            }
        }
        Duration prepared = untilNothingPrepared();
        List<Report.Throughput> throughputs = scene.bystanders().stream()
                .map(callers -> throughput(callers, windows))
                .toList();
        List<Report.Waited> waits = scene.patience().stream()
                .map(limit ->
                        new Report.Waited(limit.who(), limit.meter().longestWait(System.nanoTime()), limit.bound()))
                .toList();
        Report.Held held = scene.sessions()
                .map(sessions -> new Report.Held(sessions.count(), sessions.moved(), sessions.expired()))
                .orElseGet(() -> new Report.Held(0, 0, 0));
        faults.addAll(Judgement.faults(held, prepared));
        faults.addAll(looks(scene));
        List<String> shortfalls = Judgement.shortfalls(throughputs, waits);
        return new Report(throughputs, waits, told(scene), held, prepared, shortfalls, faults);
    }

    private Windows breakAndHeal(Scene scene) throws Exception {
        Pauses.pause(WARM_UP.toMillis());
        StageProof.proveAtWork(scene);
        Window before = Window.spend(WINDOW);
        boolean healed = false;
        try {
            progress.accept("broken");
            scene.inflict().run();
            Pauses.pause(scene.grace().toMillis());
            Window during = Window.spend(scene.lasts());
            progress.accept("healing");
            healed = true;
            scene.heal().run();
            Pauses.pause(SETTLE.toMillis());
            return new Windows(before, during, Window.spend(WINDOW));
        } finally {
            if (!healed) {
                scene.heal().run();
            }
        }
    }

    private static Report.Throughput throughput(Callers callers, Windows windows) {
        return new Report.Throughput(
                callers.name(),
                perSecond(callers.meter(), windows.before()),
                perSecond(callers.meter(), windows.during()),
                perSecond(callers.meter(), windows.after()));
    }

    private static double perSecond(Meter meter, Window window) {
        return meter.perSecond(window.fromNanos(), window.toNanos());
    }

    private List<String> looks(Scene scene) throws Exception {
        List<String> faults = new ArrayList<>();
        for (Scene.Look look : scene.looks()) {
            Optional<String> fault = look.fault();
            fault.ifPresent(faults::add);
        }
        for (Transfers transfers : scene.transfers()) {
            faults.addAll(transfers.lies());
        }
        return faults;
    }

    private static Map<Told, Integer> told(Scene scene) {
        Map<Told, Integer> told = new EnumMap<>(Told.class);
        for (Transfers transfers : scene.transfers()) {
            transfers.book().counts().forEach((outcome, count) -> told.merge(outcome, count, Integer::sum));
        }
        return told;
    }

    /** A little longer than what is allowed, if need be. */
    private Duration untilNothingPrepared() throws InterruptedException, SQLException {
        long begun = System.nanoTime();
        Duration waited = Duration.ZERO;
        while (stage.databases().prepared() > 0 && waited.compareTo(Judgement.PREPARED_MAX) <= 0) {
            Pauses.pause(LOOK_MILLIS);
            waited = Duration.ofNanos(System.nanoTime() - begun);
        }
        return waited;
    }
}
