package dev.assent.shop.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with its leader killed, its state in an ensemble of three Apache ZooKeeper servers. */
class DemoOnApacheZooKeeperIT {
    private static final Duration RUN_TIMEOUT = Duration.ofMinutes(8);
    private static final Pattern SERVES = Pattern.compile("(LEADING|FOLLOWING)");

    private final FreePorts ports = new FreePorts(new Random());

    @Test
    void every_checkout_ends_paid_or_rolled_back_although_the_leader_is_killed(@TempDir Path run) throws Exception {
        List<ChildProcess> ensemble = new ArrayList<>();
        try {
            String connect = startEnsemble(run, ensemble);

            String verdict = demo(run, connect);

            assertThat(verdict)
                    .startsWith("checkouts=40 ")
                    .contains(" unknown=0 inDoubt=0 duplicates=0 lost=0 ")
                    .endsWith("invariants=ok");
        } finally {
            ensemble.forEach(ChildProcess::close);
        }
    }

    private String startEnsemble(Path run, List<ChildProcess> ensemble) throws IOException, InterruptedException {
        List<String> members = new ArrayList<>();
        List<String> clients = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            members.add("server." + id + "=127.0.0.1:" + ports.next() + ":" + ports.next());
        }
        for (int id = 1; id <= 3; id++) {
            int clientPort = ports.next();
            clients.add("127.0.0.1:" + clientPort);
            Path data = Files.createDirectories(run.resolve("zookeeper-" + id));
            Files.writeString(data.resolve("myid"), Integer.toString(id));
            List<String> lines = new ArrayList<>(List.of(
                    "tickTime=500",
                    "initLimit=20",
                    "syncLimit=8",
                    "dataDir=" + data,
                    "clientPort=" + clientPort,
                    "clientPortAddress=127.0.0.1",
                    "admin.enableServer=false"));
            lines.addAll(members);
            Path config = Files.write(data.resolve("zoo.cfg"), lines);
            Path logback = Files.writeString(data.resolve("logback.xml"), loggingTheRole());
            List<String> command = JavaCommand.of(
                            QuorumPeerMain.class, "-Xmx128m", "-Dlogback.configurationFile=" + logback)
                    .with(config)
                    .words();
            ensemble.add(ChildProcess.start("zookeeper-" + id, command, data, data.resolve("out.log"), SERVES));
        }
        for (ChildProcess server : ensemble) {
            server.awaitReady(Duration.ofMinutes(2));
        }
        return String.join(",", clients);
    }

    /** Apache ZooKeeper says which role it has taken in its log only. */
    private static String loggingTheRole() {
        return "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'><encoder>"
                + "<pattern>%msg%n</pattern></encoder></appender>"
                + "<logger name='org.apache.zookeeper.server.quorum.QuorumPeer' level='INFO'/>"
                + "<root level='WARN'><appender-ref ref='out'/></root></configuration>";
    }

    private static String demo(Path run, String connect) throws IOException, InterruptedException {
        List<String> command = JavaCommand.of(Main.class, "-Xmx256m")
                .with("--once", "--checkouts", "40", "--kill", "leader", "--seed", "3")
                .with(
                        "--coordination",
                        connect,
                        "--directory",
                        run.resolve("shop").toString())
                .words();
        Path log = run.resolve("demo.log");
        try (ChildProcess demo =
                ChildProcess.start("demo", command, run, log, Pattern.compile("^checkouts=.*invariants="))) {
            return demo.awaitReady(RUN_TIMEOUT);
        }
    }
}
