package dev.assent.shop.takeover;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture takeover",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Kills the leading coordinator node with SIGKILL, or freezes it with SIGSTOP, while eight callers commit",
            "transactions over two databases, and measures the longest that any caller goes without a commit.",
            "Three servers of the store and three nodes with default settings; a round takes some 5 s.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every pause was within its bound, and every answer was true",
            "1:something could not be started, or a caller never went on",
            "2:wrong usage",
            "4:a pause was too long, an answer was not true, or a branch stayed prepared"
        })
public final class TakeoverMain implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Option(names = "--rounds", defaultValue = "20", description = "With SIGKILL. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--freezes", defaultValue = "5", description = "With SIGSTOP. Default: ${DEFAULT-VALUE}.")
    private int freezes;

    @Option(names = "--kill-median-millis", defaultValue = "400", description = "Default: ${DEFAULT-VALUE}.")
    private long killMedianMillis;

    @Option(names = "--kill-worst-millis", defaultValue = "800", description = "Default: ${DEFAULT-VALUE}.")
    private long killWorstMillis;

    @Option(names = "--freeze-worst-millis", defaultValue = "2000", description = "Default: ${DEFAULT-VALUE}.")
    private long freezeWorstMillis;

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(TakeoverMain::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        if (rounds < 0 || freezes < 0 || rounds + freezes < 1) {
            throw new SettingsException("--rounds and --freezes are at least 1 together, and neither is negative");
        }
        PrintStream out = System.out;
        return judge(out, new Takeovers(workplace.of("takeover"), out).run(rounds, freezes));
    }

    private int judge(PrintStream out, Takeovers.Result result) {
        result.lies().forEach(lie -> out.println("VIOLATED  " + lie));
        long killMedian = median(result.kills());
        long killWorst = worst(result.kills());
        long freezeWorst = worst(result.freezes());
        boolean held = result.lies().isEmpty()
                && result.prepared() == 0
                && killMedian <= killMedianMillis
                && killWorst <= killWorstMillis
                && freezeWorst <= freezeWorstMillis;
        out.printf(
                Locale.ROOT,
                "kills=%d medianMillis=%d worstMillis=%d freezes=%d worstMillis=%d unknown=%d lies=%d prepared=%d %s%n",
                result.kills().size(),
                killMedian,
                killWorst,
                result.freezes().size(),
                freezeWorst,
                result.unknown(),
                result.lies().size(),
                result.prepared(),
                held ? "held" : "VIOLATED");
        return held ? ExitCode.OK : ExitCode.FOUND;
    }

    private static long median(List<Duration> pauses) {
        List<Duration> sorted = pauses.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2).toMillis();
    }

    private static long worst(List<Duration> pauses) {
        return pauses.stream().mapToLong(Duration::toMillis).max().orElse(0);
    }
}
