package dev.assent.shop.gray;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.Assent;
import dev.assent.rm.jta.Participation;
import dev.assent.tx.remote.agent.AcceptorConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.postgresql.xa.PGXADataSource;

/** A service that joins its caller's transaction and adds a row; a process of its own, so that it can be frozen. */
public final class AgentMain {
    public static final String READY_LINE = "agent serves";
    static final String RESOURCE = "gray-right";
    private static final int THREADS = 32;
    private static final int OK = 200;
    private static final int FAILED = 500;

    private final Assent assent;
    private final DataSource pool;

    private AgentMain(Assent assent, DataSource pool) {
        this.assent = assent;
        this.pool = pool;
    }

    /**
     * Arguments: port, coordinator nodes, JDBC URL; and of one that takes part in three-phase transactions, its resource's
     * name, its acceptor's directory, the port where that listens, and the address that others reach it at.
     */
    public static void main(String[] arguments) throws IOException, SQLException {
        boolean isAcceptor = arguments.length > 3;
        RemoteConfig plain = RemoteConfig.of(arguments[1], isAcceptor ? arguments[3] : "gray-agent");
        Assent assent = Assent.over(
                RemoteTransactionService.connect(isAcceptor ? plain.withAcceptor(acceptor(arguments)) : plain));
        PGXADataSource database = new PGXADataSource();
        database.setUrl(arguments[2]);
        AgentMain agent = new AgentMain(assent, assent.pool(isAcceptor ? arguments[3] : RESOURCE, database, THREADS));
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), THREADS);
        server.createContext("/transfer", agent::transfer);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        System.out.println(READY_LINE);
    }

    private static AcceptorConfig acceptor(String[] arguments) {
        return new AcceptorConfig(
                Path.of(arguments[4]),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[5])),
                Optional.of(arguments[6]),
                false);
    }

    /** Body: token, space, row. */
    private void transfer(HttpExchange exchange) throws IOException {
        List<String> words =
                List.of(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split(" "));
        int status = OK;
        try (Participation participation = assent.transactions().join(words.get(0))) {
            insert(UUID.fromString(words.get(1)));
            participation.leave();
        } catch (SQLException | RollbackException | RuntimeException refused) {
            System.out.println("refused: " + refused.getMessage());
            status = FAILED;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void insert(UUID id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(Transfers.INSERT)) {
            insert.setObject(1, id);
            insert.executeUpdate();
        }
    }
}
