package dev.assent.shop.takeover;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture rolling",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Stops each of three coordinator nodes in turn with SIGTERM and starts it again, while eight callers commit",
            "transactions over two databases: none fails, none is unknown, and each node has its share again.",
            "Default settings; a round takes some 20 s.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no transaction failed, none was unknown",
            "1:something could not be started, or a caller never went on",
            "2:wrong usage",
            "4:a transaction failed or was unknown, an answer was not true, a branch stayed prepared, or a node had no share"
        })
public final class RollingMain implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Option(names = "--rounds", defaultValue = "3", description = "Restarts of all nodes. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(RollingMain::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        if (rounds < 1) {
            throw new SettingsException("--rounds is at least 1, not " + rounds);
        }
        PrintStream out = System.out;
        return judge(out, new Rolling(workplace.of("rolling"), out).run(rounds));
    }

    private static int judge(PrintStream out, Rolling.Result result) {
        result.lies().forEach(lie -> out.println("VIOLATED  " + lie));
        out.printf(
                Locale.ROOT,
                "committed=%d failed=%d unknown=%d lies=%d prepared=%d longestPauseMillis=%d suspicions=%d spread=%s %s%n",
                result.committed(),
                result.failed(),
                result.unknown(),
                result.lies().size(),
                result.prepared(),
                result.longestPause().toMillis(),
                result.suspicions(),
                result.spread(),
                result.held() ? "held" : "VIOLATED");
        return result.held() ? ExitCode.OK : ExitCode.FOUND;
    }
}
