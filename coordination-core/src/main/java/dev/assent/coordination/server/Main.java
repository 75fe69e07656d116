package dev.assent.coordination.server;

import dev.assent.coordination.server.config.ConfigException;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Storage;
import dev.assent.coordination.server.config.ZooCfg;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one server in the foreground. */
@Command(
        name = "assent server",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
        description = {
            "Runs one server of the znode store until it is told to stop. Any ZooKeeper client can use it.",
            "A line on standard output says each time it begins to serve.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT",
            "1:cannot start, for example because its port is taken",
            "2:wrong configuration or usage",
            "3:the disk failed, memory or descriptors ran out, or the server found itself inconsistent; it stopped at once"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  ASSENT_INSECURE=true  as assent.insecure=true in zoo.cfg: allows it to listen beyond the loopback",
            "                        interface, without encryption. There is no TLS yet."
        })
public final class Main implements Callable<Integer> {
    private static final int STOPPED = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_CONFIGURATION = 2;
    private static final int FAILED = 3;
    private static final Path DEFAULT_DIRECTORY = Path.of("assent-data");

    @Parameters(
            arity = "0..1",
            paramLabel = "zoo.cfg",
            description = "A ZooKeeper configuration file. Without one: standalone on 127.0.0.1:2181, data in"
                    + " ./assent-data.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    private final AtomicInteger exitCode = new AtomicInteger(STOPPED);
    private final AtomicReference<@Nullable CoordinationServer> running = new AtomicReference<>();
    private String lastLine = "";

    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "assent-logback.xml");
        }
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            ServerConfig config = config();
            CoordinationServer server = CoordinationServer.start(config, status -> announce(config, status));
            running.set(server);
            announce(config, server.status());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "assent-stop"));
            return failed(config.storage(), server.awaitStopped());
        } catch (ConfigException e) {
            return complain(e.getMessage(), WRONG_CONFIGURATION);
        } catch (IOException e) {
            return complain(e.getMessage(), CANNOT_START);
        }
    }

    private ServerConfig config() throws ConfigException {
        boolean insecure = "true".equals(System.getenv("ASSENT_INSECURE"));
        Path zooCfg = file;
        if (zooCfg == null) {
            return ServerConfig.standalone(DEFAULT_DIRECTORY, ServerConfig.CLIENT_PORT);
        }
        ZooCfg read = ZooCfg.read(zooCfg, insecure);
        read.warnings().forEach(warning -> err().println("assent server: " + warning));
        return read.config();
    }

    /** Says it once for each time that it begins to serve; the server's address is known only once it runs. */
    private synchronized void announce(ServerConfig config, ServerStatus status) {
        CoordinationServer server = running.get();
        if (server == null) {
            return;
        }
        String line = line(config, server.connectString(), status);
        if (status.serving() && !line.equals(lastLine)) {
            command().getOut().println(line);
            command().getOut().flush();
        }
        lastLine = status.serving() ? line : "";
    }

    private static String line(ServerConfig config, String address, ServerStatus status) {
        return config.isStandalone()
                ? "assent server serving clients on " + address + " standalone"
                : "assent server " + status.self().value() + " serving clients on " + address + " as " + status.mode()
                        + " of " + config.members().size();
    }

    private int failed(Storage storage, Optional<Throwable> failure) {
        if (failure.isEmpty()) {
            return exitCode.get();
        }
        exitCode.set(FAILED);
        try {
            return complain(stopped(storage, failure.get()), FAILED);
        } finally {
            // Not exit: a thread that hangs with the disk, or a class that cannot be loaded, must not keep it alive.
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static String stopped(Storage storage, Throwable failure) {
        if (failure instanceof Error) {
            return "stopped: " + failure + "; nothing was acknowledged after that. Check whether the process had"
                    + " memory (-Xmx) and descriptors (ulimit -n) enough, then start it again: it recovers everything"
                    + " acknowledged";
        }
        return "stopped: " + failure.getMessage()
                + "; nothing was acknowledged after that. Check the disk under "
                + storage.dataDirectory().toAbsolutePath() + " and "
                + storage.logDirectory().toAbsolutePath()
                + ", then start it again: it recovers everything acknowledged";
    }

    private int complain(@Nullable String message, int code) {
        exitCode.set(code);
        err().println("assent server: " + message);
        err().flush();
        return code;
    }

    /**
     * A signal would make the JVM exit with 128 + its number; a stop that was asked for is a success. After a failure
     * nothing is left to do: closing could hang on what has failed, and all that was acknowledged is durable.
     */
    private void stop(CoordinationServer server) {
        if (exitCode.get() == STOPPED) {
            server.close();
        }
        Runtime.getRuntime().halt(exitCode.get());
    }

    private PrintWriter err() {
        return command().getErr();
    }

    private CommandLine command() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        return known.commandLine();
    }
}
