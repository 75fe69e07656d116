package dev.assent.shop.drills.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.plan.Verdict;
import dev.assent.shop.drills.run.DrillRun;
import dev.assent.shop.drills.run.Result;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's shop with its state in an ensemble of three Apache ZooKeeper servers, drilled: the coordinator of a transaction
 * is killed between two commits, events come twice, the payment service comes back on another host, the coordinator's clock is
 * two days ahead, and at the end the first drill again with its protection switched off.
 * How long anybody waited is not judged here: the build's machine has other work.
 */
class DemoOnApacheZooKeeperIT {
    private static final Pattern SERVES = Pattern.compile("(LEADING|FOLLOWING)");

    private final FreePorts ports = new FreePorts(new Random());

    @Test
    void drills_hold_and_the_last_one_fails_when_decisions_are_not_kept(@TempDir Path run) throws Exception {
        List<ChildProcess> ensemble = new ArrayList<>();
        try {
            String connect = startEnsemble(run, ensemble);

            drill(run, connect);
        } finally {
            ensemble.forEach(ChildProcess::close);
        }
    }

    private static void drill(Path run, String connect) throws Exception {
        Drill cut = Catalogue.named("kill-leader-between-commits").orElseThrow();
        try (ShopTarget shop = ShopTarget.in(run.resolve("shop"), Optional.of(connect), DemoOnApacheZooKeeperIT::say)) {
            shop.start();
            DrillRun drills = new DrillRun(shop, DrillRun.Pace.BRISK, DemoOnApacheZooKeeperIT::say);

            Result killed = drills.run(cut, Optional.empty(), 1, 3);
            Result doubled = drills.run(Catalogue.named("duplicate-events").orElseThrow(), Optional.empty(), 1, 4);
            Result elsewhere = drills.run(Catalogue.named("service-elsewhere").orElseThrow(), Optional.empty(), 1, 6);
            Optional<Result> ahead = clockAhead(shop, drills);
            Result planted = drills.run(cut, Optional.of(PlantedBug.DECISION_NOT_KEPT), 2, 5);

            assertThat(killed.wrong()).isEmpty();
            assertThat(doubled.wrong()).isEmpty();
            assertThat(elsewhere.wrong()).isEmpty();
            assertThat(ahead.map(Result::wrong).orElse(List.of())).isEmpty();
            assertThat(planted.wrong()).extracting(Verdict::reason).anySatisfy(reason -> assertThat(reason)
                    .contains("paid without a payment"));
        }
    }

    private static Optional<Result> clockAhead(ShopTarget shop, DrillRun drills) throws Exception {
        Drill ahead = Catalogue.named("clock-ahead-leader").orElseThrow();
        Optional<String> lacks = shop.lacks(ahead, Optional.empty());
        if (lacks.isPresent()) {
            System.err.println("NOT RUN: " + lacks.get());
            return Optional.empty();
        }
        return Optional.of(drills.run(ahead, Optional.empty(), 1, 7));
    }

    private static void say(String progress) {
        System.out.println(progress);
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
            server.awaitReady(Duration.ofMinutes(5));
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
}
