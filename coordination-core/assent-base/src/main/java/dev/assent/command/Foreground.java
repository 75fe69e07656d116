package dev.assent.command;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A process that serves until it is stopped: what it says to who started it, and what it ends with. A signal alone would
 * make the JVM exit with 128 + its number; a stop that was asked for is a success. Thread-safe.
 */
public final class Foreground {
    private final CommandLine command;
    private final AtomicInteger exitCode = new AtomicInteger(ExitCode.OK);

    /** @param spec as picocli has set it */
    public Foreground(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        this.command = spec.commandLine();
    }

    /** A line on standard output. */
    public synchronized void say(String line) {
        print(command.getOut(), line);
    }

    /** A line on standard error that is no failure. */
    public synchronized void warn(String line) {
        print(command.getErr(), command.getCommandName() + ": " + line);
    }

    /** A failure: the process will end with {@code code}, whatever ends it. */
    public int fail(@Nullable String message, int code) {
        endWith(code);
        warn(String.valueOf(message));
        return code;
    }

    /** What the process will end with, whatever ends it. */
    public void endWith(int code) {
        exitCode.set(code);
    }

    private static void print(PrintWriter writer, String line) {
        writer.println(line);
        writer.flush();
    }

    public int exitCode() {
        return exitCode.get();
    }

    /** Has {@code stop} run when the process ends, by a signal or by itself; nothing else keeps it from ending then. */
    public void onEnd(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop), "assent-stop"));
    }

    private void end(Runnable stop) {
        try {
            stop.run();
        } finally {
            Runtime.getRuntime().halt(exitCode.get());
        }
    }
}
