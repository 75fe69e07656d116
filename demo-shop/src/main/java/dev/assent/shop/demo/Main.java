package dev.assent.shop.demo;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.settings.SettingsException;
import dev.assent.shop.demo.parts.DemoOptions;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.RunDirectory;
import dev.assent.shop.platform.Kept;
import dev.assent.shop.platform.RunCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The demo's command. */
@Command(
        name = "assent demo",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Starts three coordinator nodes, two PostgreSQL servers, Kafka and the shop's services as processes of",
            "this machine, and checks out again and again: each checkout is one transaction over three databases.",
            "The address of its page is told first: buy, watch, break something. Ctrl-C stops everything.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every invariant held (--once)",
            "1:something could not be started",
            "2:wrong usage",
            "4:an invariant was violated; the lines above the last one say which",
            "130:stopped by Ctrl-C; every process is stopped with it"
        })
public final class Main implements Callable<Integer> {

    @Option(names = "--once", description = "End after --checkouts, wait for quiescence, judge by SQL, print a result.")
    private boolean once;

    @Option(names = "--checkouts", defaultValue = "300", description = "With --once: how many. Default: 300.")
    private int checkouts;

    @Option(names = "--customers", defaultValue = "6", description = "How many check out at a time. Default: 6.")
    private int customers;

    @Option(
            names = "--kill",
            defaultValue = "none",
            description = "SIGKILL on the way, and start again: none, leader, follower, coordinators (all nodes and"
                    + " their store at once), relay, broker, service:payment,"
                    + " service:inventory, service:order. Default: none.")
    private String kill = "none";

    @Option(
            names = "--protocol",
            defaultValue = "2pc",
            description = "How checkouts are committed: 2pc, or 3pc, decided by the services themselves. Default: 2pc.")
    private String protocol = "2pc";

    @Option(names = "--seed", defaultValue = "1", description = "Draws the baskets and the moment. Default: 1.")
    private long seed;

    @Option(
            names = "--coordination",
            paramLabel = "host:port,...",
            description =
                    "An ensemble that runs already, ours or Apache ZooKeeper's. Default: the nodes bring their own.")
    private @Nullable String coordination;

    @Option(
            names = "--directory",
            description = "Data and logs. Default: a new temporary directory, of which the logs stay.")
    private @Nullable Path directory;

    @Option(
            names = "--page-port",
            defaultValue = "0",
            description = "Where the shop's page listens on 127.0.0.1. Default: any free port; it is told first.")
    private int pagePort;

    @Option(
            names = "--quiescence-seconds",
            defaultValue = "120",
            description = "How long everything may take to come to rest. Default: 120.")
    private long quiescenceSeconds;

    public static void main(String[] arguments) {
        Commands.run(Main::new, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, SQLException, InterruptedException {
        DemoOptions options = checked();
        try {
            return new Demo(options, pagePort, kept(), System.out).run() ? ExitCode.OK : ExitCode.FOUND;
        } catch (IOException | SQLException failed) {
            System.err.println(
                    "assent demo: the logs are in " + options.directory().path());
            throw failed;
        }
    }

    /** Where the launcher says that something may be kept for the next run. */
    private static Optional<Kept> kept() throws IOException {
        Optional<String> directory = Optional.ofNullable(System.getProperty("assent.kept"));
        return directory.isPresent() ? Optional.of(Kept.in(Path.of(directory.get()))) : Optional.empty();
    }

    private DemoOptions checked() throws SettingsException, IOException {
        try {
            return options();
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private DemoOptions options() throws IOException {
        if (checkouts < 1 || customers < 1) {
            throw new IllegalArgumentException("--checkouts and --customers are at least 1");
        }
        Path home = directory == null ? Files.createTempDirectory("assent-demo-") : directory;
        if (Files.exists(home.resolve(RunCertificates.FOLDER))) {
            throw new IllegalArgumentException(home + " holds an earlier run; name an empty directory");
        }
        if (!protocol.equals("2pc") && !protocol.equals("3pc")) {
            throw new IllegalArgumentException("--protocol is 2pc or 3pc, not '" + protocol + "'");
        }
        return new DemoOptions(
                once ? Optional.of(checkouts) : Optional.empty(),
                customers,
                KillTarget.parse(kill),
                protocol.equals("3pc"),
                seed,
                Optional.ofNullable(coordination),
                new RunDirectory(home, directory == null),
                Duration.ofSeconds(quiescenceSeconds));
    }
}
