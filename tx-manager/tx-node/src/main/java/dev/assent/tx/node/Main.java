package dev.assent.tx.node;

import dev.assent.tx.model.EpochRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one coordinator node in the foreground. */
@Command(
        name = "assent node",
        mixinStandardHelpOptions = true,
        version = "Assent 0.1.0",
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
            "  peers.silentMillis=1000       so long a node says nothing before others take its shards over",
            "  drain.patienceMillis=15000    how long a node that stops lets its transactions go on",
            "  acceptor.directory=acceptor   this node's log as an acceptor of three-phase transactions; default: none",
            "  coordination.config=zoo.cfg   runs a server of the znode store in this process, configured like this",
            "  coordination.connect=h:p,...  or: uses an ensemble that runs already (ours or Apache ZooKeeper)",
            "  coordination.dataDir=assent-data  or: a store of its own, on one node, to try things out",
            "  coordination.sessionTimeoutMillis=4000  how soon a node that no other can hear is given up for dead",
            "  transaction.timeoutMaxMillis=600000     the longest time-out that a service may ask for",
            "  transaction.patienceMillis=30000        how long a commit waits for phase 2 before it answers",
            "  recovery.intervalMillis=2000  between recovery passes",
            "  insecure=true                 allows listening beyond the loopback interface; there is no TLS yet"
        })
public final class Main implements Callable<Integer> {
    private static final int STOPPED = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_CONFIGURATION = 2;
    private static final int FAILED = 3;

    @Parameters(paramLabel = "node.properties", description = "The node's configuration file.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    private volatile int exitCode = STOPPED;
    private volatile Duration drainPatience = Duration.ZERO;

    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "assent-logback.xml");
        }
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        Path path = file;
        if (path == null) {
            return complain("which node.properties?", WRONG_CONFIGURATION);
        }
        try {
            NodeConfig config = NodeProperties.read(path);
            drainPatience = config.membership().drainPatience();
            CoordinatorNode node = CoordinatorNode.start(config, progress -> say("assent node: " + progress));
            say("assent node " + config.name() + " serves services on "
                    + config.listen().getHostString() + ":" + node.port());
            Runnable tell = () -> say("assent node " + config.name() + " leads " + shards(node));
            node.onChange(tell);
            if (!node.led().isEmpty()) {
                tell.run(); // an election may have been faster than this
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "assent-stop"));
            return awaitEnd(node);
        } catch (NodeConfigException wrong) {
            return complain(wrong.getMessage(), WRONG_CONFIGURATION);
        } catch (IOException failed) {
            return complain(failed.getMessage(), CANNOT_START);
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
    private int awaitEnd(CoordinatorNode node) throws InterruptedException {
        if (node.embeddedServer().isEmpty()) {
            new CountDownLatch(1).await();
        }
        Optional<Throwable> failure = node.embeddedServer().orElseThrow().awaitStopped();
        if (failure.isEmpty()) {
            return exitCode;
        }
        return complain("the embedded server stopped: " + failure.get().getMessage(), FAILED);
    }

    private int complain(@Nullable String message, int code) {
        exitCode = code;
        command().getErr().println("assent node: " + message);
        command().getErr().flush();
        return code;
    }

    private synchronized void say(String line) {
        command().getOut().println(line);
        command().getOut().flush();
    }

    /** A signal would make the JVM exit with 128 + its number; a stop that was asked for is a success. */
    private void stop(CoordinatorNode node) {
        try {
            if (!node.drain(drainPatience)) {
                say("assent node: transactions were still under way after " + drainPatience.toMillis()
                        + " ms; they are rolled back");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        node.close();
        Runtime.getRuntime().halt(exitCode);
    }

    private CommandLine command() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        return known.commandLine();
    }
}
