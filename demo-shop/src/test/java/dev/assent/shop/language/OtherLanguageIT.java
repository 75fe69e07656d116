package dev.assent.shop.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.certs.Main;
import dev.assent.command.Commands;
import dev.assent.coordination.server.FreePorts;
import dev.assent.rm.Assent;
import dev.assent.rm.http.OutgoingTransactions;
import dev.assent.rm.http.TargetHosts;
import dev.assent.security.PeerRule;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.security.TlsFiles;
import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.platform.PostgresServer;
import dev.assent.shop.readme.Page;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Vote;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeProperties;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;

/**
 * {@code docs/other-language.md}, followed: a service in Python beside services in Java, all of which know the node, and the
 * node them, by certificates.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
class OtherLanguageIT {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final long STOCK = 100;

    private final Path run;
    private final FreePorts ports = new FreePorts(new Random());
    private final int stockPort;
    private PostgresServer postgres;
    private CoordinatorNode node;
    private Path nodeProperties;
    private Page page;
    private ChildProcess stock;
    private TlsFiles own;
    private Assent orders;
    private DataSource database;
    private HttpClient http;
    private TransactionService bank;
    private final LateVault vault = new LateVault();

    @SuppressWarnings("NullAway.Init") // All is started before the tests.
    OtherLanguageIT(@TempDir Path run) throws IOException {
        this.run = run;
        stockPort = ports.next();
    }

    @BeforeAll
    void start() throws Exception {
        String missing = Python.missing();
        if (!missing.isEmpty()) {
            System.err.println("NOT TESTED: a service in another language. " + missing);
        }
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        PostgresServer.Programs programs = PostgresServer.Programs.unpackInto(run.resolve("programs"));
        postgres = PostgresServer.start(ChildProcess::start, programs, "pg", run.resolve("pg"), ports.next());
        tables();
        int nodePort = ports.next();
        page = Page.of(
                CHECKOUT.resolve("docs/other-language.md"),
                Map.of(
                        "127.0.0.1:7400",
                        "127.0.0.1:" + nodePort,
                        "port=5432",
                        "port=" + postgres.port(),
                        "user=shop",
                        "user=postgres",
                        "--port 8090",
                        "--port " + stockPort,
                        "certs/",
                        run.resolve("certs") + "/",
                        "generated",
                        run.resolve("generated").toString()));
        certificates();
        Path properties = run.resolve("node.properties");
        Files.writeString(properties, page.files().get("node.properties") + "transaction.patience=500ms\n");
        nodeProperties = properties;
        startNode();
        Python python = new Python(page, CHECKOUT, run);
        python.command("mkdir ");
        python.command("/usr/bin/python3 ");
        stock = python.service();
        services(nodePort);
    }

    private void startNode() throws Exception {
        node = CoordinatorNode.start(NodeProperties.read(nodeProperties), progress -> {});
    }

    private void tables() throws SQLException {
        for (String name : List.of("orders", "stock", "journal")) {
            postgres.createDatabase(name);
        }
        execute("orders", "create table goods_order (goods text, count int)");
        execute("stock", "create table goods (name text primary key, count int check (count >= 0))");
        execute("stock", "insert into goods values ('book', " + STOCK + ")");
        execute("journal", "create table returned (name text, count int check (count > 0))");
    }

    private void certificates() throws Exception {
        for (String line : page.commands("./assent certs ")) {
            String[] words = line.split(" ", -1);
            assertThat(Commands.commandLine(new Main())
                            .execute(List.of(words).subList(2, words.length).toArray(String[]::new)))
                    .as(line)
                    .isZero();
        }
        String line = page.command("cat ");
        assertThat(new ProcessBuilder("sh", "-c", line).start().waitFor())
                .as(line)
                .isZero();
        Path certs = run.resolve("certs");
        own = new TlsFiles(
                certs.resolve("services/orders.pem"), certs.resolve("services/orders.key"), certs.resolve("all.pem"));
    }

    private void services(int nodePort) throws Exception {
        RemoteConfig config = RemoteConfig.of("127.0.0.1:" + nodePort, "orders").withTls(own);
        orders = Assent.over(RemoteTransactionService.connect(config));
        database = orders.pool("orders", source("orders"));
        bank = RemoteTransactionService.connect(config);
        bank.register(vault);
        http = new OutgoingTransactions(orders.transactions(), TargetHosts.loopbackOnly()).over(plain());
    }

    private HttpClient plain() throws Exception {
        try (Security security = Security.once(own)) {
            return HttpClient.newBuilder()
                    .sslContext(security.context(PeerRule.anyOf(Role.AGENT)))
                    .build();
        }
    }

    private PGXADataSource source(String name) {
        PGXADataSource source = new PGXADataSource();
        source.setUrl(postgres.jdbcUrl(name));
        return source;
    }

    @AfterAll
    void stop() {
        for (AutoCloseable each : new AutoCloseable[] {bank, orders, stock, node, postgres}) {
            close(each);
        }
    }

    private static void close(@Nullable AutoCloseable each) {
        try {
            if (each != null) {
                each.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("cannot be closed", e);
        }
    }

    private HttpResponse<String> post(HttpClient client, String request) throws Exception {
        URI target = URI.create("https://127.0.0.1:" + stockPort + request);
        return client.send(
                HttpRequest.newBuilder(target)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int order(int count) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into goods_order values ('book', " + count + ")");
        }
        return post(http, "/take?goods=book&count=" + count).statusCode();
    }

    private void execute(String name, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(name));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String name, String sql) {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(name));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long left() {
        return number("stock", "select count from goods");
    }

    private long ordered() {
        return number("orders", "select coalesce(sum(count), 0) from goods_order");
    }

    private long prepared() {
        return number("stock", "select count(*) from pg_prepared_xacts where database = 'stock'");
    }

    @Test
    void it_commits_and_rolls_back_with_the_service_in_java_that_has_called_it() throws Exception {
        long before = left();
        long orderedBefore = ordered();

        orders.transactions().begin();
        assertThat(order(2)).isEqualTo(200);
        assertThat(left()).isEqualTo(before);
        orders.transactions().commit();
        Eventually.soon("phase 2 is through", () -> left() == before - 2);

        orders.transactions().begin();
        assertThat(order(3)).isEqualTo(200);
        orders.transactions().rollback();

        orders.transactions().begin();
        assertThat(order(1_000)).as("more than there are").isEqualTo(409);
        assertThatThrownBy(orders.transactions()::commit).isInstanceOf(RollbackException.class);

        Eventually.soon("locks are free, and nothing is open", () -> prepared() == 0 && left() == before - 2);
        Eventually.soon("only the first order is there", () -> ordered() == orderedBefore + 2);
    }

    @Test
    void it_begins_transactions_of_its_own_over_two_databases() throws Exception {
        HttpClient client = plain();
        long before = left();

        HttpResponse<String> committed = post(client, "/return?goods=book&count=4");
        assertThat(committed.body()).isEqualTo("COMMITTED\n");
        assertThat(post(client, "/return?goods=book&count=-1").statusCode()).isEqualTo(409);

        Eventually.soon("phase 2 is through", () -> left() == before + 4);
        Eventually.soon("in both", () -> number("journal", "select coalesce(sum(count), 0) from returned") == 4);
        Eventually.soon("nothing is left open", () -> prepared() == 0);
    }

    @Test
    void it_refuses_what_is_no_transaction_and_who_is_no_service() throws Exception {
        HttpClient client = plain();
        URI target = URI.create("https://127.0.0.1:" + stockPort + "/take?goods=book&count=1");
        HttpRequest.Builder request = HttpRequest.newBuilder(target).POST(HttpRequest.BodyPublishers.noBody());

        HttpRequest damaged = request.header("Assent-Transaction", "at1-AAAA").build();
        assertThat(client.send(damaged, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        assertThat(post(client, "/take?goods=book&count=1").statusCode()).isEqualTo(400);
    }

    /** Its vote was durable: another life tells a node that remembers nothing what it finds, and hears the decision. */
    @Test
    void killed_after_its_vote_it_commits_when_it_is_back() throws Exception {
        long before = left();

        orders.transactions().begin();
        assertThat(order(5)).isEqualTo(200);
        killAfterItsVote(new Vote.Prepared());
        orders.transactions().commit();
        assertThat(prepared()).isEqualTo(1);
        node.close();
        startNode();
        stock = new Python(page, CHECKOUT, run).service();

        Eventually.soon("the decision is obeyed", () -> prepared() == 0);
        assertThat(left()).isEqualTo(before - 5);
    }

    /** The same name, the same words for the same database, the same gid: so others can end what it has prepared. */
    @Test
    void killed_after_its_vote_it_is_ended_by_a_service_in_java_that_has_its_database() throws Exception {
        long before = left();

        orders.transactions().begin();
        assertThat(order(7)).isEqualTo(200);
        killAfterItsVote(new Vote.Rollback("the vault is shut"));
        assertThatThrownBy(orders.transactions()::commit).isInstanceOf(RollbackException.class);
        assertThat(prepared()).isEqualTo(1);
        orders.registerRecovery("stock", source("stock"));

        Eventually.soon("the branch is rolled back", () -> prepared() == 0);
        orders.deregisterRecovery("stock");
        stock = new Python(page, CHECKOUT, run).service();
        assertThat(left()).isEqualTo(before);
    }

    /** A second participant answers its own prepare only when Python has prepared, and is dead. */
    private void killAfterItsVote(Vote vote) {
        vault.voting(vote);
        vault.first = () -> {
            Eventually.soon("Python has prepared", () -> prepared() == 1);
            kill();
        };
        GlobalTransaction joined = bank.join(orders.transactions().token().orElseThrow());
        try (GlobalTransaction.Call call = joined.enter()) {
            assertThat(call).isNotNull();
            joined.enlist(joined.newBranch("vault"), vault);
        }
    }

    /** Does something else before it votes. */
    private static final class LateVault extends ToyResource {
        private volatile Runnable first = () -> {};

        LateVault() {
            super("vault");
        }

        @Override
        public CompletionStage<Vote> prepare(BranchId branch) {
            return CompletableFuture.runAsync(first, task -> new Thread(task, "vault").start())
                    .thenCompose(done -> super.prepare(branch));
        }
    }

    private void kill() {
        try {
            stock.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
