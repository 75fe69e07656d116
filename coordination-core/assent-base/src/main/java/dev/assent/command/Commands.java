package dev.assent.command;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The one way into a command of ours and out of it. */
public final class Commands {
    private static final String LOGGING = "logback.configurationFile";

    private Commands() {}

    /**
     * Runs a command, and ends the process with what it comes to.
     *
     * @param command makes it, or a {@link CommandLine} with all its subcommands, after the log is set up
     * @param logging the resource that says what is logged, unless a system property says otherwise
     */
    public static void run(Supplier<?> command, String logging, String[] arguments) {
        logTo(logging);
        run(command, arguments);
    }

    /** The same of a command that keeps no log. */
    public static void run(Supplier<?> command, String[] arguments) {
        System.exit(commandLine(command.get()).execute(arguments));
    }

    /** Has the log of a process set up, unless it was told otherwise. */
    private static void logTo(String logging) {
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, logging);
        }
    }

    /** The command, which may have its subcommands already, with what a failure comes to. */
    public static CommandLine commandLine(Object command) {
        CommandLine line = command instanceof CommandLine made ? made : new CommandLine(command);
        return line.setExecutionExceptionHandler(Commands::failed);
    }

    private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + reason(failure));
        command.getErr().flush();
        return failure instanceof SettingsException ? ExitCode.USAGE : ExitCode.CANNOT;
    }

    /** What the environment does is told in words; anything else is a bug of ours, and its place is told too. */
    private static String reason(Exception failure) {
        boolean isForeseen = failure instanceof SettingsException
                || failure instanceof IOException
                || failure instanceof SQLException
                || failure instanceof InterruptedException;
        String message = failure.getMessage();
        if (isForeseen && message != null) {
            return message;
        }
        return withPlace(failure);
    }

    static String withPlace(Throwable failure) {
        StackTraceElement[] places = failure.getStackTrace();
        return failure + (places.length == 0 ? "" : " at " + places[0]);
    }
}
