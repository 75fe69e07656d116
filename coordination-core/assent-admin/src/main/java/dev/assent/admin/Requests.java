package dev.assent.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.assent.admin.login.Caller;
import dev.assent.admin.login.Gate;
import dev.assent.admin.login.Head;
import dev.assent.admin.login.Refusal;
import dev.assent.admin.page.PageFiles;
import dev.assent.metrics.ProcessMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a request: the gate first, then a page, a stream or an order. Thread-safe. */
final class Requests {
    /** Of a body; more is not read. */
    static final int BODY_BYTES_MAX = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    private static final String API = "/api/";
    private static final String METRICS = "/metrics";
    private static final String EVENTS = "/api/events";
    private static final String LOGIN = "/api/login";

    /** An answer is data: nothing in it is ever run, and no page shows it in a frame. The console has its own. */
    private static final String CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'";

    private final Gate gate;
    private final Pages pages;
    private final EventStreams streams;
    private final ProcessMetrics metrics;
    private final OrderPages orders;
    private final PageFiles console = new PageFiles();

    Requests(Gate gate, Pages pages, EventStreams streams, ProcessMetrics metrics, OrderPages orders) {
        this.gate = gate;
        this.pages = pages;
        this.streams = streams;
        this.metrics = metrics;
        this.orders = orders;
    }

    /** The boundary of a request. */
    void handle(HttpExchange exchange) {
        try (exchange) {
            Optional<Answer> answer = answer(exchange);
            if (answer.isPresent()) {
                send(exchange, answer.get());
            }
        } catch (IOException gone) {
            LOG.debug("a client of the admin API is gone", gone);
        } catch (RuntimeException | Error fault) {
            LOG.error("the admin API failed over a request", fault);
        }
    }

    /** Empty if it was answered already, by a file or a stream. */
    private Optional<Answer> answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Head head = head(exchange, path);
        Gate.Verdict verdict = gate.judge(head);
        if (!(verdict instanceof Gate.Verdict.Admitted admitted)) {
            return Optional.of(refused(exchange, ((Gate.Verdict.Refused) verdict).why()));
        }
        try {
            return admitted(exchange, path, head, admitted.caller());
        } catch (IllegalArgumentException wrong) {
            return Optional.of(Answer.failure(400, String.valueOf(wrong.getMessage()), "see docs/admin-api.yaml"));
        } catch (RuntimeException | Error fault) {
            // Not its query: somebody may have put there what does not belong there.
            LOG.error("the admin API failed over {}", pages.knows(path) ? path : "a path", fault);
            return Optional.of(Answer.failure(500, fault.toString(), "a fault of ours: its trace is in the log"));
        }
    }

    private Optional<Answer> admitted(HttpExchange exchange, String path, Head head, Caller caller) throws IOException {
        if (console.serve(exchange)) {
            return Optional.empty();
        }
        if (head.method().equals("HEAD")) {
            return Optional.of(refused(exchange, gate.refuse(Refusal.METHOD, head)));
        }
        if (head.area() == Head.Area.ACTION) {
            Optional<String> body = body(exchange);
            return Optional.of(
                    body.isPresent()
                            ? orders.answer(path, body.get(), caller)
                            : refused(exchange, gate.refuse(Refusal.TOO_LARGE, head)));
        }
        return switch (path) {
            case EVENTS ->
                streams.serve(
                        exchange,
                        Query.of(exchange.getRequestURI(), path, Set.of("names")),
                        () -> gate.isStillAdmitted(head));
            case METRICS -> Optional.of(Answer.metrics(metrics.scrape()));
            case LOGIN -> Optional.of(orders.login(caller, gate.isLoginNeeded()));
            default -> Optional.of(pages.answer(exchange.getRequestURI(), path));
        };
    }

    private static Head head(HttpExchange exchange, String path) {
        Headers headers = exchange.getRequestHeaders();
        return new Head(
                exchange.getRequestMethod(),
                area(path),
                exchange.getRemoteAddress().getAddress(),
                first(headers, "Host"),
                first(headers, "Origin"),
                first(headers, "Sec-Fetch-Site"),
                headers.getOrDefault("Authorization", List.of()),
                first(headers, "Content-Type"));
    }

    private static Optional<String> first(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }

    private static Head.Area area(String path) {
        if (Act.at(path).isPresent()) {
            return Head.Area.ACTION;
        }
        return path.startsWith(API) || path.equals(METRICS) ? Head.Area.KNOWLEDGE : Head.Area.OPEN;
    }

    /** Empty if it is too long. */
    private static Optional<String> body(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        return bytes.length > BODY_BYTES_MAX
                ? Optional.empty()
                : Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    private static Answer refused(HttpExchange exchange, Refusal why) {
        if (why.status() == 401) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"assent\"");
        }
        // What is still to come of it is not waited for.
        exchange.getResponseHeaders().set("Connection", "close");
        return Answer.failure(why.status(), why.error(), why.remedy());
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Content-Security-Policy", CONTENT_POLICY);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
