package dev.assent.shop.tcc;

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
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture tcc",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Two services try in transactions of a caller; in each round one process (a service, the caller, a coordinator",
            "node, the store, the database) dies of SIGKILL when a service or the caller has come to a step, and is started",
            "again. Every try must be confirmed or cancelled once, in both services alike, as the caller was told, within a",
            "minute of everybody being back. Starts real processes on this machine and ends them. A round takes some",
            "seconds; at the end a table says who has died when.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every try was confirmed or cancelled once",
            "1:something could not be started",
            "2:wrong usage",
            "4:a try was not, or a caller was lied to; the lines marked WRONG say which"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Mixin
    private final Blows blows = new Blows();

    @Option(
            names = "--planted-bug",
            defaultValue = "NONE",
            description = "What the services do wrong, one of ${COMPLETION-CANDIDATES}, to see the run fail.")
    private PlantedBug bug = PlantedBug.NONE;

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        PrintStream out = System.out;
        int rounds = blows.rounds();
        Path home = workplace.of("tcc");
        Torture.Result result = Torture.run(home, out, rounds, blows.seed(), bug);
        result.wrongs().forEach(wrong -> out.println("WRONG " + wrong));
        out.println("deaths/rounds, by moment and victim:");
        out.println(result.coverage().table());
        out.printf(
                "rounds=%d covered=%d/%d tries=%d told=%s longestMillis=%d wrong=%d (logs in %s)%n",
                result.rounds(),
                result.coverage().covered(),
                result.coverage().combinations(),
                result.tries(),
                result.told(),
                result.longestMillis(),
                result.wrongs().size(),
                home);
        return result.wrongs().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }
}
