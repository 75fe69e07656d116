package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeProperties;
import dev.assent.tx.testing.AssentEnsemble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/start.md}, followed word for word in empty directories outside of the checkout. Only the addresses are
 * others, and Maven finds the artifacts of this build in a local repository of the test's own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AddToProjectIT {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> NOT_FOR_CLIENTS_OF_NODES = List.of(
            "zookeeper",
            "curator",
            "io.netty:",
            "coordination-core",
            "store-client",
            "tx-store",
            "tx-coordinator",
            "tx-node");
    private static final List<String> NOT_ASKED_FOR =
            List.of("atomikos", "hibernate", "curator", "coordination-core", "tx-node", "rm-atomikos", "narayana");

    private final Path run;
    private final Shell shell;
    private final PostgresServer postgres;
    private final AssentEnsemble store;
    private final CoordinatorNode node;
    private final Page page;

    AddToProjectIT(@TempDir Path run) throws Exception {
        this.run = run;
        shell = new Shell(run, CHECKOUT);
        FreePorts ports = new FreePorts(new Random());
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(run.resolve("programs"));
        postgres = PostgresServer.start(ChildProcess::start, programs, "pg", run.resolve("pg"), ports.next());
        store = new AssentEnsemble(run.resolve("store"));
        page = Page.of(CHECKOUT.resolve("docs/start.md"), addresses(ports.next()));
        Path properties = run.resolve("node.properties");
        Files.writeString(properties, page.from("## What has to run").files().get("node.properties"));
        node = CoordinatorNode.start(NodeProperties.read(properties), progress -> {});
    }

    private Map<String, String> addresses(int nodePort) throws SQLException {
        Map<String, String> addresses = new LinkedHashMap<>();
        for (String database : List.of("orders", "payments")) {
            postgres.createDatabase(database);
            addresses.put(
                    "jdbc:postgresql://127.0.0.1:5432/" + database + "?user=shop&password=shop",
                    postgres.jdbcUrl(database));
        }
        addresses.put("127.0.0.1:7400", "127.0.0.1:" + nodePort);
        addresses.put("127.0.0.1:2181", store.connectString());
        return addresses;
    }

    @BeforeAll
    void install() throws IOException {
        assertThat(Installed.into(shell.repository(), CHECKOUT))
                .contains("assent-parent", "tx-manager", "tx-core", "rm-postgresql", "assent-spring-boot-starter")
                .doesNotContain("tx-testing", "rm-testing", "rm-bench");
    }

    @AfterAll
    void stop() {
        node.close();
        store.close();
        postgres.close();
    }

    @Test
    void a_spring_boot_application_commits_and_rolls_back_with_nodes_and_then_by_itself() throws Exception {
        Page part = page.from("## With Spring Boot");
        Map<String, String> project = part.files();

        assertThat(follow("boot", part, project))
                .contains("assent-spring-boot-starter", "io.agroal:agroal-pool", "org.postgresql:postgresql")
                .doesNotContain(NOT_FOR_CLIENTS_OF_NODES)
                .doesNotContain(NOT_ASKED_FOR);

        Page change = part.from("To decide in the application's own process");
        project.computeIfPresent(
                "pom.xml",
                (name, pom) -> pom.replace(
                        "\n  </dependencies>", "\n" + change.blocks().get(0).stripTrailing() + "\n  </dependencies>"));
        project.computeIfPresent(
                "src/main/resources/application.properties",
                (name, settings) -> settings.replaceAll(
                        "assent\\.coordinator\\.targets=.*\n", change.blocks().get(1)));

        assertThat(follow("boot-embedded", part, project))
                .contains("dev.assent:tx-coordinator", "org.apache.zookeeper:zookeeper")
                .doesNotContain(NOT_ASKED_FOR);
    }

    @Test
    void a_plain_java_program_commits_and_rolls_back_by_itself_and_then_with_nodes() throws Exception {
        Page part = page.from("## In plain Java");
        Map<String, String> project = part.files();

        assertThat(follow("plain", part, project))
                .contains("dev.assent:tx-coordinator", "dev.assent:rm-agroal")
                .doesNotContain(NOT_ASKED_FOR)
                .doesNotContain("spring");

        String line = part.from("To use coordinator nodes").blocks().get(0);
        String agent = "dev.assent.tx.remote.agent";
        project.computeIfPresent("pom.xml", (name, pom) -> pom.replace("tx-coordinator", "tx-agent"));
        project.computeIfPresent("src/main/java/com/example/Transfer.java", (name, code) -> code.replaceAll(
                        " +try \\(Assent assent .*\n", line)
                .replaceFirst(
                        "import ",
                        "import " + agent + ".RemoteConfig;\nimport " + agent + ".RemoteTransactionService;\nimport "));

        assertThat(follow("plain-nodes", new Page(part.text().replace(store.connectString(), nodeAddress())), project))
                .contains("dev.assent:tx-agent")
                .doesNotContain(NOT_FOR_CLIENTS_OF_NODES)
                .doesNotContain(NOT_ASKED_FOR)
                .doesNotContain("spring");
    }

    private String nodeAddress() {
        return "127.0.0.1:" + node.port();
    }

    /** Writes, builds and runs it, and looks at what it says and leaves; answers with its tree of dependencies. */
    private String follow(String name, Page part, Map<String, String> project) throws Exception {
        Path directory = run.resolve(name);
        for (Map.Entry<String, String> file : project.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        succeed(directory, shell.maven(part.command("mvn ")) + " dependency:tree -DoutputFile=tree.txt");

        String output = succeed(directory, part.command("java "));

        assertThat(output.lines()).last().as(output).isEqualTo(part.lastLine());
        assertThat(prepared()).isZero();
        return Files.readString(directory.resolve("tree.txt"));
    }

    private String succeed(Path directory, String line) throws IOException, InterruptedException {
        Shell.Said said = shell.run(directory, line);
        assertThat(said.code()).as(line + "\n" + said.output()).isZero();
        return said.output();
    }

    private long prepared() throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("orders"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from pg_prepared_xacts")) {
            row.next();
            return row.getLong(1);
        }
    }
}
