package dev.assent.shop.gray;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.Workplace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
        name = "assent torture gray",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Makes disks, databases, processes and the broker stall, one after the other, and measures who else",
            "notices: bystanders keep 80 %% of their throughput, no session expires, nobody waits longer than the",
            "patience plus 1 s, every answer is true, nothing is prepared 10 s after the end.",
            "Each row begins on a stage that is shown to be well: one quorum of all servers, nothing prepared, everybody at work.",
            "Starts real processes on this machine and ends them. All rows take some 7 minutes, one about 30 s.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything held",
            "1:something could not be started",
            "2:wrong usage",
            "4:something did not hold; the lines marked VIOLATED and SHORT say what (what is SHORT is measured again)",
            "5:what ran held, but a row could not run on this machine; the lines marked NOT RUN say which, and why"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    @Option(names = "--rows", split = ",", description = "Only these, by name. Default: all.")
    private List<String> rows = List.of();

    @Option(names = "--list", description = "Lists the rows and ends.")
    private boolean list;

    @Mixin
    private final Workplace workplace = new Workplace();

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, InterruptedException {
        PrintStream out = System.out;
        if (list) {
            Rows.all().forEach(row -> out.printf("%-26s%s%n", row.name(), row.what()));
            return ExitCode.OK;
        }
        List<Row> wanted = wanted();
        Path home = workplace.of("gray");
        out.println("data and logs in " + home);
        return new Matrix(home, out).run(wanted).exitCode();
    }

    private List<Row> wanted() throws SettingsException {
        try {
            return rows.isEmpty() ? Rows.all() : Rows.named(rows);
        } catch (IllegalArgumentException unknown) {
            throw new SettingsException(String.valueOf(unknown.getMessage()), unknown);
        }
    }
}
