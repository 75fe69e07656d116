package dev.assent.shop.drills.system;

import dev.assent.settings.SettingsException;
import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.Invariant;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.run.DrillTarget;
import dev.assent.shop.drills.system.SystemDescription.Act;
import dev.assent.shop.drills.system.SystemDescription.Check;
import dev.assent.shop.drills.system.SystemDescription.Part;
import dev.assent.shop.drills.system.SystemDescription.Probe;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A system that a file describes. */
public final class SystemTarget implements DrillTarget {
    private static final long LOOK_MILLIS = 50;
    private static final String COMMITTED = "${committed}";

    private final SystemDescription system;
    private final Processes processes = new Processes();
    private final Questions questions;
    private final PartControl control;
    private final SystemStrikes strikes;
    private final Consumer<String> progress;
    private final List<Part> started = new ArrayList<>();
    private volatile @Nullable Callers callers;
    private long committedBefore;
    private long opened;

    private SystemTarget(SystemDescription system, Path logs, Consumer<String> progress) {
        this.system = system;
        this.progress = progress;
        Shell shell = new Shell(system.directory());
        this.questions = new Questions(shell);
        this.control = new PartControl(system.directory(), logs, processes, shell, questions);
        this.strikes = new SystemStrikes(system, control, questions, shell);
    }

    /**
     * The system of that file; nothing of it is started yet.
     *
     * @param work a directory of the run's, for logs and for what the system writes
     * @throws SettingsException the file is wrong, with line, key and remedy
     */
    public static SystemTarget of(Path file, Path work, SystemFile.Ports ports, Consumer<String> progress)
            throws IOException, SettingsException {
        return new SystemTarget(SystemFile.read(file, Files.createDirectories(work), ports), work, progress);
    }

    @Override
    public String name() {
        return system.name();
    }

    @Override
    public void start() throws IOException, InterruptedException {
        for (Part part : system.parts()) {
            progress.accept("starting " + part.name());
            started.add(part);
            control.start(part);
        }
    }

    @Override
    public Optional<String> lacks(Drill drill, Optional<PlantedBug> bug) {
        Optional<String> missing = strikes.lacks(drill);
        if (missing.isEmpty() && bug.isPresent() && !system.bugs().containsKey(bug.get())) {
            return Optional.of("the description has no 'bugs: " + bug.get().option()
                    + "', a command that switches off that " + bug.get().protection());
        }
        return missing;
    }

    /** With the description's bounds where it has some. */
    @Override
    public List<Invariant> invariants(Drill drill) {
        Bounded bounded = new Bounded(system.bounds());
        return drill.invariants().stream()
                .map(invariant -> invariant.accept(bounded))
                .toList();
    }

    @Override
    public void open(long seed) {
        callers = Callers.start(system.load(), seed + 1_000_003 * opened++);
    }

    @Override
    public int callers() {
        return system.load().callers();
    }

    @Override
    public Counts counts() {
        Callers present = present();
        return new Counts(present.committed(), present.rolledBack(), present.toldUnknown());
    }

    private Callers present() {
        return Optional.ofNullable(callers).orElseThrow();
    }

    @Override
    public Optional<Healing> strike(Fault fault, Optional<PlantedBug> bug, Consumer<String> say, Meanwhile meanwhile)
            throws IOException, InterruptedException {
        return strikes.strike(fault, bug, say, meanwhile);
    }

    @Override
    public void closeDoors() throws InterruptedException {
        present().closeDoors();
    }

    @Override
    public Rest rest(Duration patience) throws InterruptedException {
        long began = System.nanoTime();
        Optional<Duration> preparedFor = Optional.empty();
        long giveUpNanos = began + patience.toNanos();
        int left = present().askAgain(giveUpNanos);
        while ((preparedFor.isEmpty() || left > 0) && System.nanoTime() - began < patience.toNanos()) {
            if (preparedFor.isEmpty() && isNothingPrepared()) {
                preparedFor = Optional.of(Duration.ofNanos(System.nanoTime() - began));
            }
            Pauses.pause(LOOK_MILLIS);
            left = present().askAgain(giveUpNanos);
        }
        return new Rest(isNothingPrepared() ? preparedFor : Optional.empty(), left);
    }

    /** A place that does not answer may hold anything. */
    private boolean isNothingPrepared() throws InterruptedException {
        for (Probe place : system.prepared()) {
            if (questions.number(place).orElse(1L) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Audit audit() throws InterruptedException {
        committedBefore += present().committed();
        List<String> untrue = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Check check : system.checks()) {
            broken(check).ifPresent(text -> (check.isAboutAnswers() ? untrue : wrong).add(text));
        }
        return new Audit(untrue, wrong);
    }

    private Optional<String> broken(Check check) throws InterruptedException {
        String expected = check.expect().replace(COMMITTED, Long.toString(committedBefore));
        try {
            String answer = questions.ask(check.probe());
            return answer.equals(expected)
                    ? Optional.empty()
                    : Optional.of(check.name() + ": " + answer + " instead of " + expected);
        } catch (IOException silent) {
            return Optional.of(check.name() + ": " + silent.getMessage());
        }
    }

    /** What was started last ends first. */
    @Override
    public void close() {
        processes.close();
        for (int i = started.size() - 1; i >= 0; i--) {
            end(started.get(i));
        }
        started.clear();
    }

    private void end(Part part) {
        if (part.run().isPresent() || !PartControl.can(part, Act.STOP)) {
            return;
        }
        try {
            control.stop(part);
        } catch (IOException failed) {
            progress.accept(part.name() + " could not be stopped: " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
