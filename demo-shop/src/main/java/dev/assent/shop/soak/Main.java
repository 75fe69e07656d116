package dev.assent.shop.soak;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture soak",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Customers buy in every flow of the demo's shop (two and three phases, commit point, TCC, saga, events) and want",
            "some of it undone, while nodes, services, databases, broker and relay die by SIGKILL at random and are started",
            "again. Then everything must come to rest: each answer true, nothing stuck, memory flat, and /assent as small as",
            "it was. Starts real processes on this machine and ends them.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything held",
            "1:something could not be started, or not be measured",
            "2:wrong usage",
            "4:something did not hold; the lines marked VIOLATED say what"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Option(names = "--minutes", description = "How long customers buy. Default: ${DEFAULT-VALUE}.")
    private int minutes = 30;

    @Option(names = "--customers", description = "How many buy at a time. Default: ${DEFAULT-VALUE}.")
    private int customers = 4;

    @Option(names = "--seed", description = "Draws purchases and victims. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        if (minutes < 1 || customers < 1) {
            throw new SettingsException("--minutes and --customers are at least 1");
        }
        String lacking = Footprints.lacking();
        if (!lacking.isEmpty()) {
            throw new IOException("memory cannot be measured here: " + lacking);
        }
        PrintStream out = System.out;
        Path home = workplace.of("soak");
        Soak.Result result = new Soak(home, seed, out).run(Duration.ofMinutes(minutes), customers);
        result.counts()
                .forEach((flow, counts) -> out.printf(
                        Locale.ROOT,
                        "%-12s  committed %d, rolled back %d, unknown %d%n",
                        flow,
                        counts.committed(),
                        counts.rolledBack(),
                        counts.unknown()));
        result.faults().forEach(fault -> out.println("VIOLATED  " + fault));
        if (!result.faults().isEmpty()) {
            out.println("the logs are in " + home);
        }
        out.printf(
                Locale.ROOT,
                "kills=%d purchases=%d znodes=%d->%d faults=%d %s%n",
                result.blows(),
                result.counts().values().stream()
                        .mapToLong(Promises.Counts::all)
                        .sum(),
                result.znodesIdle(),
                result.znodesAfter(),
                result.faults().size(),
                result.faults().isEmpty() ? "held" : "VIOLATED");
        return result.faults().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }
}
