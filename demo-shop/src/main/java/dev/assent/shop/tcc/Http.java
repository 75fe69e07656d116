package dev.assent.shop.tcc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** The little HTTP that these processes speak: a body of words, an answer of words. */
final class Http {
    static final int OK = 200;
    static final int REFUSED = 409;
    private static final int THREADS = 16;

    private Http() {}

    /** Answers a body, with what goes into the answer's header of transactions. */
    interface Handler {
        String answer(HttpExchange exchange, String body) throws Exception;
    }

    static HttpServer server(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), THREADS);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        return server;
    }

    static void serve(HttpServer server, String path, Handler handler) {
        server.createContext(path, exchange -> {
            int status = OK;
            String answer;
            try {
                answer = handler.answer(
                        exchange, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            } catch (Exception refused) {
                System.out.println(path + " refused: " + refused);
                status = REFUSED;
                answer = String.valueOf(refused.getMessage());
            }
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
