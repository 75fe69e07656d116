package dev.assent.coordination.server;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.login.Access;
import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Foreground;
import dev.assent.command.Version;
import dev.assent.coordination.server.admin.ServerAdmin;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Storage;
import dev.assent.coordination.server.config.ZooCfg;
import dev.assent.security.CredentialFiles;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one server in the foreground. */
@Command(
        name = "assent server",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
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
            "  ASSENT_INSECURE=true  as assent.insecure=true in zoo.cfg: allows what has no TLS to listen beyond the",
            "                        loopback interface. TLS: assent.tls.* and secureClientPort, see docs/security.md."
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "assent-logback.xml";
    private static final Path DEFAULT_DIRECTORY = Path.of("assent-data");

    @Parameters(
            arity = "0..1",
            paramLabel = "zoo.cfg",
            description = "A ZooKeeper configuration file. Without one: standalone on 127.0.0.1:2181, data in"
                    + " ./assent-data.")
    private @Nullable Path file;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = AdminConfig.DEFAULT,
            description = "Where health, metrics and the admin API are served: a loopback address, port 0 for any free"
                    + " one, or 'off'. Default: ${DEFAULT-VALUE}.")
    private String admin = AdminConfig.DEFAULT;

    @Option(
            names = "--admin-tokens",
            paramLabel = "FILE",
            description = "Who may read there ('assent admin token' makes its lines). Without it everybody on this"
                    + " machine; beyond the loopback interface it is needed, and assent.tls.* in zoo.cfg.")
    private @Nullable Path adminTokens;

    @Spec
    private @Nullable CommandSpec spec;

    private final AtomicReference<@Nullable CoordinationServer> running = new AtomicReference<>();
    private String lastLine = "";

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, InterruptedException {
        Foreground foreground = new Foreground(spec);
        ServerConfig config = config(foreground);
        Optional<AdminConfig> listen = AdminConfig.read("--admin", admin, adminTls(config), access(config));
        CoordinationServer server = CoordinationServer.start(config, status -> announce(foreground, config, status));
        running.set(server);
        announce(foreground, config, server.status());
        Optional<AdminServer> shown = show(listen, server);
        foreground.onEnd(() -> {
            shown.ifPresent(AdminServer::close);
            stop(foreground, server);
        });
        return ended(foreground, config.storage(), server.awaitStopped());
    }

    private Access access(ServerConfig config) {
        return new Access(
                Optional.ofNullable(adminTokens), Optional.empty(), Optional.empty(), Set.of(), config.insecure());
    }

    /** On this machine it speaks plain text, as probes and scrapers expect. */
    private Optional<CredentialFiles> adminTls(ServerConfig config) throws SettingsException {
        return AdminConfig.isBeyondLoopback("--admin", admin) ? config.links() : Optional.empty();
    }

    /** A server that cannot be seen does not begin: whoever asked for an address relies on it. */
    private static Optional<AdminServer> show(Optional<AdminConfig> wanted, CoordinationServer server)
            throws IOException {
        try {
            return wanted.isPresent() ? Optional.of(ServerAdmin.show(server, wanted.get())) : Optional.empty();
        } catch (IOException taken) {
            server.close();
            throw taken;
        }
    }

    private ServerConfig config(Foreground foreground) throws SettingsException {
        boolean insecure = "true".equals(System.getenv("ASSENT_INSECURE"));
        Path zooCfg = file;
        if (zooCfg == null) {
            return ServerConfig.standalone(DEFAULT_DIRECTORY, ServerConfig.CLIENT_PORT);
        }
        ZooCfg read = ZooCfg.read(zooCfg, insecure);
        read.warnings().forEach(foreground::warn);
        return read.config();
    }

    /** Says it once for each time that it begins to serve; the server's address is known only once it runs. */
    private synchronized void announce(Foreground foreground, ServerConfig config, ServerStatus status) {
        CoordinationServer server = running.get();
        if (server == null) {
            return;
        }
        String line = line(config, server.connectString(), status);
        if (status.serving() && !line.equals(lastLine)) {
            foreground.say(line);
        }
        lastLine = status.serving() ? line : "";
    }

    private static String line(ServerConfig config, String address, ServerStatus status) {
        return config.isStandalone()
                ? "assent server serving clients on " + address + " standalone"
                : "assent server " + status.self().value() + " serving clients on " + address + " as " + status.mode()
                        + " of " + config.members().size();
    }

    private static int ended(Foreground foreground, Storage storage, Optional<Throwable> failure) {
        if (failure.isEmpty()) {
            return foreground.exitCode();
        }
        try {
            return foreground.fail(stopped(storage, failure.get()), ExitCode.FAILED);
        } finally {
            // Not exit: a thread that hangs with the disk, or a class that cannot be loaded, must not keep it alive.
            Runtime.getRuntime().halt(ExitCode.FAILED);
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

    /** After a failure nothing is left to do: closing could hang on what has failed, and all acknowledged is durable. */
    private static void stop(Foreground foreground, CoordinationServer server) {
        if (foreground.exitCode() == ExitCode.OK) {
            server.close();
        }
    }
}
