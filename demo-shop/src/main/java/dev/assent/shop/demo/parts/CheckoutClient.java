package dev.assent.shop.demo.parts;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A customer's side of the order service's HTTP interface. Thread-safe. */
public final class CheckoutClient {
    public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final String SAGA = "saga";

    private final HttpClient http;
    private final JsonMapper json = JsonMapper.builder().build();
    private final String base;

    public CheckoutClient(int port, SSLContext tls) {
        this.base = "https://127.0.0.1:" + port;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .sslContext(tls)
                .build();
    }

    /** What a customer hears. */
    public sealed interface Answer {
        record Committed() implements Answer {}

        /**
         * Nothing of it remains.
         *
         * @param isRefusal no stock or no money; else something in the shop was down, and later it may go well
         */
        record RolledBack(String reason, boolean isRefusal) implements Answer {}

        /** {@code token} is empty when there was no answer at all. */
        record Unknown(String token) implements Answer {}
    }

    public Answer checkout(Basket basket) throws InterruptedException {
        return post("/checkouts", json.writeValueAsString(basket));
    }

    /** In the flow of that name; however often it is asked for, the order is made once. */
    public Answer checkout(Basket basket, String flow) throws InterruptedException {
        ObjectNode body = json.valueToTree(basket);
        body.put("flow", flow);
        if (!flow.equals(SAGA)) { // which is started once for an order anyway, and would name the order by the token
            body.put("token", basket.orderId().toString());
        }
        return post("/checkouts", body.toString());
    }

    /** {@code action}: {@code refund} or {@code cancel}. */
    public Answer undo(UUID order, String action) throws InterruptedException {
        return post("/orders/" + order + "/" + action, "");
    }

    private Answer post(String path, String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .header("content-type", "application/json")
                .timeout(ANSWER_TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return send(request, "");
    }

    /** Asks again for a checkout that was unknown. */
    public Answer ask(String token) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/transactions/" + token))
                .timeout(ANSWER_TIMEOUT)
                .build();
        return send(request, token);
    }

    private Answer send(HttpRequest request, String token) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return heard(response.statusCode(), json.readTree(response.body()), token);
        } catch (IOException | JacksonException lost) {
            return new Answer.Unknown(token);
        }
    }

    /** Anybody on the way may say 200 or 503; only the order service says what became of the checkout. */
    public static Answer heard(int status, JsonNode reply, String token) {
        String outcome = reply.path("outcome").asString("");
        String detail = reply.path("detail").asString("");
        return switch (status) {
            case 200, 201 -> outcome.equals("committed") ? new Answer.Committed() : new Answer.Unknown(token);
            case 202 -> new Answer.Unknown(detail);
            default ->
                outcome.equals("rolledBack") ? new Answer.RolledBack(detail, status != 503) : new Answer.Unknown(token);
        };
    }
}
