package dev.assent.shop.platform;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Foreground;
import dev.assent.command.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A PostgreSQL for who has none at hand: in the foreground, until it is told to stop. */
@Command(
        name = "assent postgres",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Runs a PostgreSQL server to try things out, with room for prepared transactions. It listens on this machine",
            "only and asks for no password: it is not for data that matter. What it held stays in its directory.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT",
            "1:cannot start, for example because its port is taken, or the server has ended by itself",
            "2:wrong usage"
        })
public final class PostgresMain implements Callable<Integer> {
    private static final String LOGGING = "assent-logback.xml";
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    @Option(names = "--port", defaultValue = "5432", description = "Where it listens (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--directory",
            defaultValue = "assent-postgres",
            description = "Where its programs and data are kept (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("assent-postgres");

    @Option(
            names = "--user",
            defaultValue = "shop",
            description = "Who owns the databases (default: ${DEFAULT-VALUE}).")
    private String user = "shop";

    @Parameters(paramLabel = "DATABASE", arity = "1..*", description = "Made if they are not there.")
    private List<String> databases = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    private volatile boolean asked;

    public static void main(String[] arguments) {
        Commands.run(PostgresMain::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Foreground foreground = new Foreground(spec);
        Path home = directory.toAbsolutePath();
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(home.resolve("programs"));
        boolean isNew = !Files.exists(home.resolve("data"));
        PostgresServer server = isNew
                ? PostgresServer.start(ChildProcess::start, programs, "postgres", home, port)
                : PostgresServer.startAgain(ChildProcess::start, programs, "postgres", home, port);
        foreground.onEnd(() -> {
            asked = true;
            server.close();
        });
        try {
            server.provide(user, databases);
        } catch (SQLException e) {
            server.close();
            throw new IOException("the databases cannot be made: " + e.getMessage(), e);
        }
        foreground.say("assent postgres serves " + String.join(", ", databases) + " on 127.0.0.1:" + port + " as user "
                + user);
        int code = server.process().awaitEnd(FOR_EVER);
        if (asked) {
            return foreground.exitCode();
        }
        return foreground.fail("the server has ended with " + code + "; see " + home, ExitCode.CANNOT);
    }
}
