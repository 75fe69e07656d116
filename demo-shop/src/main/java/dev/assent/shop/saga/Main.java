package dev.assent.shop.saga;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture saga",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Kills executors of sagas, the services that they call, their database and servers of the store with",
            "SIGKILL, or stops executors until others have taken over, at each step of sagas, forward and back, at each",
            "moment of a call. Then every saga must be completed or compensated, each step done once and undone",
            "once at most, in order. Starts real processes on this machine and ends them; a round takes some 3 s.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything held",
            "1:something could not be started",
            "2:wrong usage",
            "4:something did not hold; the last line says what"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Option(names = "--rounds", description = "Blows. Each combination once, then again. Default: ${DEFAULT-VALUE}.")
    private int rounds = 200;

    @Option(names = "--seed", description = "Draws the order of the blows. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--directory", description = "Data and logs. Default: a new temporary directory.")
    private @Nullable Path directory;

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintStream out = System.out;
        if (rounds < 1) {
            System.err.println("assent torture saga: --rounds is at least 1, not " + rounds);
            return ExitCode.USAGE;
        }
        try {
            Path home = directory == null ? Files.createTempDirectory("assent-saga-") : directory;
            SagaTorture.Result result = new SagaTorture(home, out, seed).run(rounds);
            out.println("blows/rounds, by moment and victim:");
            out.println(result.coverage().table());
            out.println(result);
            if (!result.faults().isEmpty()) {
                out.println("the logs are in " + home);
            }
            return result.faults().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
        } catch (IOException | SQLException failed) {
            System.err.println("assent torture saga: " + failed.getMessage());
            return ExitCode.CANNOT;
        }
    }
}
