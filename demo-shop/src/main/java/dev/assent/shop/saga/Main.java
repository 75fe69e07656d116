package dev.assent.shop.saga;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.Blows;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private final Blows blows = new Blows();

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        PrintStream out = System.out;
        int rounds = blows.rounds();
        Path home = workplace.of("saga");
        SagaTorture.Result result = new SagaTorture(home, out, blows.seed()).run(rounds);
        out.println("blows/rounds, by moment and victim:");
        out.println(result.coverage().table());
        if (!result.faults().isEmpty()) {
            out.println("the logs are in " + home);
        }
        out.println(result);
        return result.faults().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }
}
