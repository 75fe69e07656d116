package dev.assent.shop.saga;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.saga.api.StepRefusedException;
import dev.assent.saga.http.SagaRequests;
import dev.assent.saga.model.CallKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Executors;

/** A service that steps call. */
final class ServiceMain {
    static final String READY_LINE = "service serves";
    private static final int THREADS = 16;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final int FAILED = 503;

    private final Effects effects;

    private ServiceMain(Effects effects) {
        this.effects = effects;
    }

    /** Arguments: name, port, JDBC URL, the gate's port. */
    public static void main(String[] arguments) throws IOException {
        GateClient gate = new GateClient(Integer.parseInt(arguments[3]), arguments[0]);
        ServiceMain service = new ServiceMain(new Effects(arguments[2], gate));
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])), THREADS);
        server.createContext("/", service::call);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        System.out.println(READY_LINE);
    }

    private void call(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst(SagaRequests.KEY_HEADER);
        Optional<CallKey> key = Optional.ofNullable(header).flatMap(CallKey::parse);
        String refused = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int status = key.isEmpty() ? BAD_REQUEST : carryOut(key.get(), refused);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private int carryOut(CallKey key, String refused) throws IOException {
        try {
            String unused = effects.apply(key, refused);
            return OK;
        } catch (StepRefusedException no) {
            return CONFLICT;
        } catch (SQLException | RuntimeException failed) {
            System.out.println(key + ": " + failed.getMessage());
            return FAILED;
        }
    }
}
