package dev.assent.shop.saga;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.rm.Assent;
import dev.assent.saga.Sagas;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.http.SagaRequests;
import dev.assent.saga.model.SagaId;
import dev.assent.store.StoreConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process that starts and executes trips. */
final class ExecutorMain {
    static final String READY_LINE = "executor serves";
    private static final int THREADS = 16;
    private static final int START_SECONDS = 20;
    private static final int OK = 200;
    private static final int FAILED = 503;

    private final Sagas sagas;
    private final SagaDefinition<String> trip;

    private ExecutorMain(Sagas sagas, SagaDefinition<String> trip) {
        this.sagas = sagas;
        this.trip = trip;
    }

    /** Arguments: name, port, store, JDBC URLs of both databases, the gate's port, the hotel's and the airline's. */
    public static void main(String[] arguments) throws IOException, SQLException {
        GateClient gate = new GateClient(Integer.parseInt(arguments[5]), arguments[0]);
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        Trip trip = new Trip(
                new SagaRequests(client),
                new Bookings(Assent.connect(arguments[2]), arguments[3], arguments[4], gate),
                gate,
                service(arguments[6]),
                service(arguments[7]));
        SagaDefinition<String> definition = trip.definition();
        StoreConfig store = StoreConfig.of(arguments[2]).withSessionTimeout(Duration.ofSeconds(2));
        ExecutorMain executor = new ExecutorMain(Sagas.open(store, List.of(definition)), definition);
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])), THREADS);
        server.createContext("/", executor::start);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        System.out.println(READY_LINE);
    }

    private static URI service(String port) {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** Body: the saga's id, space, the step that is to be refused. */
    private void start(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<String> words = List.of(body.split(" ", 2));
        int status = OK;
        try {
            boolean unused = sagas.start(trip, new SagaId(words.get(0)), words.get(1))
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            System.out.println("not started: " + failed.getMessage());
            status = FAILED;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            status = FAILED;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
