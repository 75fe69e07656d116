package dev.assent.shop.drills.system;

import dev.assent.shop.drills.system.SystemDescription.Act;
import dev.assent.shop.drills.system.SystemDescription.Command;
import dev.assent.shop.drills.system.SystemDescription.Part;
import dev.assent.shop.drills.system.SystemDescription.Probe;
import dev.assent.shop.gray.Signals;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.Pauses;
import dev.assent.shop.platform.Processes;
import dev.assent.shop.platform.Processes.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Starts, ends and freezes the parts: the drill's own processes by signals, others by their commands. */
final class PartControl {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 50;

    /** No line says that a part serves: its question does. */
    private static final Pattern NO_LINE = Pattern.compile("(?!)");

    private final Path directory;
    private final Path logs;
    private final Processes processes;
    private final Shell shell;
    private final Questions questions;

    PartControl(Path directory, Path logs, Processes processes, Shell shell, Questions questions) {
        this.directory = directory;
        this.logs = logs;
        this.processes = processes;
        this.shell = shell;
        this.questions = questions;
    }

    /** Returns when it serves. */
    void start(Part part) throws IOException, InterruptedException {
        if (part.run().isPresent()) {
            Files.createDirectories(logs);
            ChildProcess unused = processes
                    .of(tier(part))
                    .start(
                            part.name(),
                            part.run().get().words(),
                            directory,
                            logs.resolve(part.name() + ".log"),
                            NO_LINE);
        } else {
            act(part, Act.START);
        }
        awaitReady(part);
    }

    private static Tier tier(Part part) {
        return switch (part.kind()) {
            case DATABASE, BROKER -> Tier.PLATFORM;
            case NODE -> Tier.NODES;
            case SERVICE, RELAY -> Tier.SERVICES;
        };
    }

    private void awaitReady(Part part) throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + part.readyWithin().toNanos();
        Optional<String> wrong = wrong(part);
        while (wrong.isPresent()) {
            boolean isDead =
                    part.run().isPresent() && !processes.named(part.name()).isAlive();
            if (isDead || System.nanoTime() - giveUpNanos > 0) {
                throw new IOException(part.name() + " does not serve"
                        + (isDead
                                ? ": it has ended"
                                : " within " + part.readyWithin().toSeconds() + " s") + "; "
                        + wrong.get() + "; logs in " + logs);
            }
            Pauses.pause(LOOK_MILLIS);
            wrong = wrong(part);
        }
    }

    private Optional<String> wrong(Part part) throws InterruptedException {
        if (part.ready().isEmpty()) {
            return Optional.empty();
        }
        Probe question = part.ready().get();
        try {
            String unused = questions.ask(question);
            return Optional.empty();
        } catch (IOException failed) {
            return Optional.of(String.valueOf(failed.getMessage()));
        }
    }

    void kill(Part part) throws IOException, InterruptedException {
        if (part.run().isPresent()) {
            ChildProcess process = processes.named(part.name());
            List<ProcessHandle> below = process.descendants(); // a shell's, for example
            process.kill();
            below.forEach(ProcessHandle::destroyForcibly);
        } else {
            act(part, Act.KILL);
        }
    }

    /** Asks it to end, and waits until it has. */
    void stop(Part part) throws IOException, InterruptedException {
        if (part.run().isPresent()) {
            ChildProcess process = processes.named(part.name());
            Signals.terminate(process);
            int unused = process.awaitEnd(STOP_TIMEOUT);
        } else {
            act(part, Act.STOP);
        }
    }

    void freeze(Part part) throws IOException, InterruptedException {
        if (part.run().isPresent()) {
            Signals.freeze(processes.named(part.name()));
        } else {
            act(part, Act.FREEZE);
        }
    }

    void thaw(Part part) throws IOException, InterruptedException {
        if (part.run().isPresent()) {
            Signals.thaw(processes.named(part.name()));
        } else {
            act(part, Act.THAW);
        }
    }

    private void act(Part part, Act act) throws IOException, InterruptedException {
        String unused = shell.run(
                command(part, act).orElseThrow(() -> new IOException(part.name() + " has no command for " + act)));
    }

    /** What does that to it; a process of the drill's own needs none. */
    static Optional<Command> command(Part part, Act act) {
        return Optional.ofNullable(part.acts().get(act));
    }

    static boolean can(Part part, Act act) {
        return part.run().isPresent() || part.acts().containsKey(act);
    }
}
