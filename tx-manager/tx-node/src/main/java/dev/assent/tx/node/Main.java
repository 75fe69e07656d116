package dev.assent.tx.node;

import dev.assent.admin.AdminServer;
import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Foreground;
import dev.assent.command.Version;
import dev.assent.event.EventSource;
import dev.assent.flight.FlightRecorder;
import dev.assent.settings.SettingsException;
import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one coordinator node in the foreground. */
@Command(
        name = "assent node",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Runs one coordinator node until it is told to stop. Services connect to all nodes; whichever leads a",
            "shard coordinates its transactions, and another takes over when it dies.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by SIGTERM or SIGINT",
            "1:cannot start: a port is taken, the disk or the ensemble cannot be reached",
            "2:wrong configuration or usage",
            "3:the embedded server of the znode store failed; it stopped at once"
        },
        footerHeading = "%nKeys of node.properties (all optional):%n",
        footer = {
            "  listen=127.0.0.1:7400         where services connect",
            "  node.name=node-7400           what people read as this node's name",
            "  shards=16                     what the first node of all says holds; others need not say it",
            "  node.weight=1                 this node's share of the shards, in proportion to the others'",
            "  node.advertise=host:port      where other nodes reach this one; default: listen",
            "  peers.silence=1s              so long a node says nothing before others take its shards over",
            "  drain.patience=15s            how long a node that stops lets its transactions go on",
            "  acceptor.directory=acceptor   this node's log as an acceptor of three-phase transactions; default: none",
            "  coordination.config=zoo.cfg   runs a server of the znode store in this process, configured like this",
            "  coordination.connect=h:p,...  or: uses an ensemble that runs already (ours or Apache ZooKeeper)",
            "  coordination.tls.certificate, .key, .trust  with coordination.connect: TLS with its secureClientPorts;",
            "  coordination.tls.server=member  or host: Apache ZooKeeper's servers, which are known by their hosts",
            "  coordination.dataDir=assent-data  or: a store of its own, on one node, to try things out",
            "  coordination.sessionTimeout=4s  how soon a node that no other can hear is given up for dead",
            "  transaction.timeoutMax=600s     the longest time-out that a service may ask for",
            "  transaction.patience=30s      how long a commit waits for phase 2 before it answers",
            "  recovery.interval=2s          between recovery passes",
            "  flight.directory=flight       where the recorder of transactions writes, to outlive a kill; default: memory",
            "  admin.listen=127.0.0.1:0      where health, metrics and the admin API are served (port 0: any free); or off",
            "  admin.tokens=FILE             who may read and act there ('assent admin token' makes its lines); without it",
            "                                everybody on this machine reads, and who reads <this file>.operator.token acts",
            "  admin.hosts=a,b               names of this host that requests may be sent to, besides addresses",
            "  admin.tls.certificate, .key, .trust  serves it over TLS; beyond the loopback interface tls.* do as well",
            "  traces.kept=0                 so many traces are kept in memory, to be shown there; 0: no spans are made",
            "  admin.databases=a,b           databases whose prepared transactions are shown, each with",
            "  admin.database.a.url, .user, .password or .passwordFile",
            "  agents=a,b                    only these services may attach, as their certificates name them (needs tls.*);",
            "  agent.a.resources=x,y         what service a may serve;  agent.a.joins=b  whose transactions it may take",
            "                                part in; default: those of all that agents= names",
            "  tls.certificate, tls.key, tls.trust  three PEM files: mutual TLS with services and other nodes",
            "  insecure=true                 allows listening beyond the loopback interface without TLS"
        })
public final class Main implements Callable<Integer> {
    private static final String LOGGING = "assent-logback.xml";

    @Parameters(paramLabel = "node.properties", description = "The node's configuration file.")
    private Path file = Path.of("node.properties");

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SettingsException, IOException, InterruptedException {
        Foreground foreground = new Foreground(spec);
        NodeProperties.Parts parts = NodeProperties.readAll(file);
        NodeConfig config = parts.node();
        CoordinatorNode node = CoordinatorNode.start(config, progress -> foreground.say("assent node: " + progress));
        foreground.say("assent node " + config.name() + " serves services on "
                + config.listen().getHostString() + ":" + node.port());
        Runnable tell = () -> foreground.say("assent node " + config.name() + " leads " + shards(node));
        node.onChange(tell);
        if (!node.led().isEmpty()) {
            tell.run(); // an election may have been faster than this
        }
        FlightRecorder recorder = record(node, parts);
        Optional<AdminServer> admin = show(foreground, node, parts, recorder);
        foreground.onEnd(() -> {
            stop(foreground, node, config.membership().drainPatience());
            admin.ifPresent(AdminServer::close);
            recorder.close();
        });
        return awaitEnd(foreground, node);
    }

    /** A directory that cannot be used keeps a node from beginning, as whoever named it relies on it. */
    private static FlightRecorder record(CoordinatorNode node, NodeProperties.Parts parts) throws IOException {
        String name = parts.node().name();
        EventSource events = node.events().get(0);
        try {
            return parts.flight().isPresent()
                    ? FlightRecorder.start(name, parts.flight().get(), events)
                    : FlightRecorder.inMemory(name, events);
        } catch (IOException unusable) {
            node.close();
            throw unusable;
        }
    }

    /** A node that cannot be seen does not begin: whoever asked for an address relies on it. */
    private static Optional<AdminServer> show(
            Foreground foreground, CoordinatorNode node, NodeProperties.Parts parts, FlightRecorder recorder)
            throws IOException {
        try {
            Optional<AdminServer> admin = NodeAdmin.show(node, parts.node(), parts.admin(), recorder);
            admin.ifPresent(
                    shown -> foreground.say("assent node " + parts.node().name() + " shows itself at " + shown.url()));
            return admin;
        } catch (IOException taken) {
            recorder.close();
            node.close();
            throw taken;
        }
    }

    private static String shards(CoordinatorNode node) {
        return node.led().isEmpty()
                ? "no shard"
                : "shards "
                        + node.led().stream()
                                .map((EpochRef epoch) -> epoch.key().shard())
                                .toList();
    }

    /** A node whose own store failed must not go on as if nothing was wrong. */
    private static int awaitEnd(Foreground foreground, CoordinatorNode node) throws InterruptedException {
        if (node.embeddedServer().isEmpty()) {
            new CountDownLatch(1).await();
        }
        Optional<Throwable> failure = node.embeddedServer().orElseThrow().awaitStopped();
        if (failure.isEmpty()) {
            return foreground.exitCode();
        }
        return foreground.fail("the embedded server stopped: " + failure.get().getMessage(), ExitCode.FAILED);
    }

    private static void stop(Foreground foreground, CoordinatorNode node, Duration patience) {
        try {
            if (!node.drain(patience)) {
                foreground.say("assent node: transactions were still under way after " + patience.toMillis()
                        + " ms; they are rolled back");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        node.close();
    }
}
