package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.certs.Main;
import dev.assent.command.Commands;
import dev.assent.coordination.server.FreePorts;
import dev.assent.security.TlsFiles;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeProperties;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/three-machines.md}, carried out on three addresses of this machine: only addresses, ports and directories are
 * others.
 */
@Timeout(600)
class ThreeMachinesIT {
    private static final Path PAGE = Path.of("..", "docs", "three-machines.md");
    private static final List<String> SETTINGS = List.of("2888", "3888", "2281", "7400");
    private static final int MACHINES = 3;

    @TempDir
    Path run;

    private final Map<String, String> ports = new LinkedHashMap<>();
    private final List<CoordinatorNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(CoordinatorNode::close);
    }

    private Page pageOf(int machine) throws Exception {
        FreePorts free = new FreePorts(new Random());
        for (String port : SETTINGS) {
            if (!ports.containsKey(port)) {
                ports.put(port, Integer.toString(free.next()));
            }
        }
        Map<String, String> ours = new LinkedHashMap<>(Map.of(
                "N=1\n",
                "N=" + machine + "\n",
                "10.0.0.1",
                "127.0.0.2",
                "10.0.0.2",
                "127.0.0.3",
                "10.0.0.3",
                "127.0.0.4",
                "10.0.0.$N",
                "127.0.0." + (machine + 1),
                "/etc/assent",
                run.resolve("machine-" + machine + "/etc").toString(),
                "/var/lib/assent",
                run.resolve("machine-" + machine + "/var").toString()));
        ports.forEach((port, other) -> {
            ours.put(":" + port, ":" + other);
            ours.put("Port=" + port, "Port=" + other);
        });
        return Page.of(PAGE, ours);
    }

    private void certificates() throws Exception {
        for (String line : pageOf(1).commands("./assent certs i")) {
            if (line.contains("...")) {
                continue; // of the table of what comes later
            }
            List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
            words.addAll(List.of("--directory", run.resolve("certs").toString()));
            assertThat(Commands.commandLine(new Main())
                            .execute(words.subList(2, words.size()).toArray(String[]::new)))
                    .as(line)
                    .isZero();
        }
    }

    private Path machine(int number) throws Exception {
        Page page = pageOf(number);
        String script = page.blocks().stream()
                .filter(block -> block.startsWith("N="))
                .findFirst()
                .orElseThrow();
        Process process = new ProcessBuilder("sh", "-ec", script).inheritIO().start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES) && process.exitValue() == 0)
                .isTrue();
        Path etc = run.resolve("machine-" + number + "/etc");
        for (String file : List.of("ca.pem", "machine-" + number + ".pem", "machine-" + number + ".key")) {
            Files.copy(run.resolve("certs").resolve(file), etc.resolve("certs").resolve(file));
        }
        return etc.resolve("node.properties");
    }

    /** Each waits for a quorum. */
    private void start() throws Exception {
        List<CompletableFuture<CoordinatorNode>> starting = new ArrayList<>();
        for (int number = 1; number <= MACHINES; number++) {
            Path properties = machine(number);
            starting.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return CoordinatorNode.start(NodeProperties.read(properties), progress -> {});
                        } catch (Exception e) {
                            throw new IllegalStateException(properties + " does not start", e);
                        }
                    },
                    task -> new Thread(task, "start-of-a-machine").start()));
        }
        for (CompletableFuture<CoordinatorNode> one : starting) {
            nodes.add(one.get(3, TimeUnit.MINUTES));
        }
    }

    @Test
    void three_machines_with_the_files_of_the_page_commit_also_when_one_of_them_is_gone() throws Exception {
        certificates();
        start();
        Eventually.soon("each leads something", () -> nodes.stream()
                .noneMatch(node -> node.led().isEmpty()));
        Path certs = run.resolve("certs");
        RemoteConfig config = RemoteConfig.of(
                        "127.0.0.2:7400,127.0.0.3:7400,127.0.0.4:7400".replace("7400", ports.getOrDefault("7400", "")),
                        "shop")
                .withTls(new TlsFiles(certs.resolve("shop.pem"), certs.resolve("shop.key"), certs.resolve("ca.pem")));
        ToyResource orders = new ToyResource("orders");
        try (TransactionService shop = RemoteTransactionService.connect(config)) {
            shop.register(orders);

            Eventually.soon("a commit", () -> commits(shop, orders));
            nodes.remove(0).close();

            Eventually.soon(
                    "the others lead all",
                    () -> nodes.stream().mapToInt(node -> node.led().size()).sum() == 16);
            Eventually.soon("a commit of two", () -> commits(shop, orders));
        }
        assertThat(orders.count(ToyResource.State.COMMITTED)).isEqualTo(2);
    }

    /** One that a change of leaders has rolled back may be tried again. */
    private static boolean commits(TransactionService shop, ToyResource orders) {
        GlobalTransaction transaction = shop.begin(Duration.ofMinutes(2));
        transaction.enlist(transaction.newBranch("orders"), orders);
        return transaction.commit().equals(new Outcome.Committed());
    }
}
