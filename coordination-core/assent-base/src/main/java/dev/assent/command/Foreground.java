package dev.assent.command;

import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A process that serves until it is stopped: what it says to who started it, and what it ends with. A signal alone would
 * make the JVM exit with 128 + its number; a stop that was asked for is a success. Thread-safe.
 */
public final class Foreground {
    private final CommandLine command;
    private final AtomicInteger exitCode = new AtomicInteger(ExitCode.OK);

    private volatile Runnable stop = () -> {};
    private volatile boolean stopping;

    /**
     * From here on the process ends with {@link #exitCode}, whatever ends it: a signal that comes before there is anything
     * to stop, too, and what its command fails of, unless it is stopped already: then it may fail of that. To be made by
     * the thread that runs the command, as its first deed.
     *
     * @param spec as picocli has set it
     */
    public Foreground(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        this.command = spec.commandLine();
        IExecutionExceptionHandler failures = command.getExecutionExceptionHandler();
        command.setExecutionExceptionHandler((failure, failed, parsed) -> {
            int code = failures.handleExecutionException(failure, failed, parsed);
            if (!stopping) {
                endWith(code);
            }
            return code;
        });
        Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> {
            System.exit(fail(Commands.withPlace(error), ExitCode.CANNOT)); // what serves would keep the process
        });
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "assent-stop"));
    }

    /** A line on standard output. */
    public synchronized void say(String line) {
        print(command.getOut(), line);
    }

    /** A line on standard error that is no failure. */
    public synchronized void warn(String line) {
        print(command.getErr(), command.getCommandSpec().qualifiedName() + ": " + line);
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

    /** Has {@code atEnd} run when the process ends, by a signal or by itself; nothing else keeps it from ending then. */
    public void onEnd(Runnable atEnd) {
        stop = atEnd;
    }

    private void end() {
        stopping = true;
        try {
            stop.run();
        } finally {
            Runtime.getRuntime().halt(exitCode.get());
        }
    }
}
