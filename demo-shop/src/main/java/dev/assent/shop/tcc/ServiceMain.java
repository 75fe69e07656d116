package dev.assent.shop.tcc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.http.TransactionHeader;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.tcc.Arguments;
import dev.assent.rm.tcc.TccAction;
import dev.assent.rm.tcc.TccParticipant;
import dev.assent.rm.tcc.TccResource;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A service that joins its caller's transaction and tries; it can be told to end itself at a step. */
final class ServiceMain {
    private static final String CONFIRM = "update reservation set confirmed = confirmed + 1 where id = ?";
    private static final String CANCEL = "update reservation set cancelled = cancelled + 1 where id = ?";

    static final String READY_LINE = "service tries";

    private final Strike strike = new Strike();
    private final AssentTransactions transactions;
    private final TccParticipant<Reservation> participant;
    private final DataSource database;
    private final PlantedBug bug;

    /** What the ending local transaction of a thread has done, to be told once it has committed. */
    @SuppressWarnings("ThreadLocalUsage") // this object's
    private final ThreadLocal<@Nullable Step> done = new ThreadLocal<>();

    /** What is reserved. */
    record Reservation(UUID id) {}

    private ServiceMain(String name, String nodes, String url, PlantedBug bug) throws SQLException {
        this.bug = bug;
        transactions = new AssentTransactions(RemoteTransactionService.connect(RemoteConfig.of(nodes, name)));
        PGSimpleDataSource plain = new PGSimpleDataSource();
        plain.setUrl(url);
        database = plain;
        TccResource resource = TccResource.open(name, WatchedCommits.over(database, this::committed));
        participant = resource.participant("reserve", Arguments.ofRecord(Reservation.class), new Reserving());
        resource.takePart(transactions);
    }

    /** Arguments: name, port, coordinator nodes, JDBC URL, what it does wrong. */
    public static void main(String[] arguments) throws IOException, SQLException {
        ServiceMain service =
                new ServiceMain(arguments[0], arguments[2], arguments[3], PlantedBug.valueOf(arguments[4]));
        HttpServer server = Http.server(Integer.parseInt(arguments[1]));
        Http.serve(server, "/try", service::attempt);
        Http.serve(server, "/arm", (exchange, words) -> {
            service.strike.arm(words);
            return "";
        });
        Http.serve(server, "/disarm", (exchange, nothing) -> service.strike.disarm() ? "in time" : "too late");
        server.start();
        System.out.println(READY_LINE);
    }

    private String attempt(HttpExchange exchange, String id) throws RollbackException {
        String token = Optional.ofNullable(exchange.getRequestHeaders().getFirst(TransactionHeader.NAME))
                .orElseThrow(() -> new IllegalArgumentException("a try needs a transaction"));
        try (Participation participation = transactions.join(token)) {
            strike.at(Step.BEFORE_TRY);
            participant.attempt(new Reservation(UUID.fromString(id)));
            strike.at(Step.AFTER_TRY);
            participation.leave();
        }
        exchange.getResponseHeaders().set(TransactionHeader.NAME, TransactionHeader.JOINED);
        return "";
    }

    private void committed() {
        Step step = done.get();
        done.remove();
        if (step != null) {
            strike.at(step);
        }
    }

    /** Counts how often each reservation is confirmed and cancelled. */
    private final class Reserving implements TccAction<Reservation> {
        @Override
        public void attempt(Connection connection, Reservation reservation) throws SQLException {
            change(connection, "insert into reservation (id) values (?)", reservation);
            strike.at(Step.IN_TRY);
        }

        @Override
        public void confirm(Connection connection, Reservation reservation) throws SQLException {
            end(connection, CONFIRM, reservation);
            strike.at(Step.IN_CONFIRM);
            done.set(Step.AFTER_CONFIRM);
        }

        @Override
        public void cancel(Connection connection, Reservation reservation) throws SQLException {
            end(connection, bug == PlantedBug.CONFIRMS_FOR_CANCEL ? CONFIRM : CANCEL, reservation);
            strike.at(Step.IN_CANCEL);
            done.set(Step.AFTER_CANCEL);
        }

        private void end(Connection connection, String sql, Reservation reservation) throws SQLException {
            if (bug == PlantedBug.OWN_TRANSACTION) {
                try (Connection own = database.getConnection()) {
                    change(own, sql, reservation);
                }
            } else {
                change(connection, sql, reservation);
            }
        }

        private static void change(Connection connection, String sql, Reservation reservation) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setObject(1, reservation.id());
                if (statement.executeUpdate() != 1) {
                    throw new SQLException("there is no reservation " + reservation.id());
                }
            }
        }
    }
}
