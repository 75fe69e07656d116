package dev.assent.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.metrics.ProcessMetrics;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the admin API of one process, from {@link #start} to {@link #close}. Thread-safe. */
public final class AdminServer implements AutoCloseable {
    /** A request that is not read, answered and taken in this time is cut off. */
    public static final int ANSWER_SECONDS_MAX = 10;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final AdminSource source;
    private final RequestThreads threads;
    private final EventStreams streams;
    private final Pages pages;
    private final ProcessMetrics metrics;
    private final List<Subscription> subscriptions = new ArrayList<>();

    private AdminServer(
            HttpServer server,
            AdminSource source,
            List<EventSource> events,
            ProcessMetrics metrics,
            Clock clock,
            long answerMillisMax) {
        this.server = server;
        this.source = source;
        this.metrics = metrics;
        this.threads = new RequestThreads(clock, answerMillisMax, EventStreams.STREAMS_MAX);
        this.streams = new EventStreams(events, threads);
        Recent recent = new Recent(source);
        this.pages = new Pages(source, recent, clock);
        for (EventSource one : events) {
            subscriptions.add(one.subscribe("assent-admin-recent", EventSource.CAPACITY, recent));
            metrics.listenTo(one);
        }
    }

    /**
     * Listens, and hears events from now on.
     *
     * @param metrics of the process; closed with this
     * @throws IOException the address cannot be listened on; the message names it and the remedy
     */
    public static AdminServer start(
            AdminConfig config, AdminSource source, List<EventSource> events, ProcessMetrics metrics)
            throws IOException {
        return start(config, source, events, metrics, TimeUnit.SECONDS.toMillis(ANSWER_SECONDS_MAX));
    }

    /** The same with another patience. */
    static AdminServer start(
            AdminConfig config,
            AdminSource source,
            List<EventSource> events,
            ProcessMetrics metrics,
            long answerMillisMax)
            throws IOException {
        HttpServer http;
        try {
            http = HttpServer.create(config.address(), BACKLOG);
        } catch (IOException taken) {
            metrics.close();
            source.close();
            throw new IOException(
                    "cannot listen on " + config.address() + " for the admin API: " + taken.getMessage()
                            + ". Choose another port, or 0 for any free one, or switch it off.",
                    taken);
        }
        AdminServer admin = new AdminServer(http, source, events, metrics, Clock.SYSTEM, answerMillisMax);
        admin.begin();
        return admin;
    }

    private void begin() {
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it listens. */
    public String url() {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().getHostAddress();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + bound.getPort();
    }

    /** The boundary of a request. */
    private void handle(HttpExchange exchange) {
        try (exchange) {
            Optional<Answer> answer = answer(exchange);
            if (answer.isPresent()) {
                send(exchange, answer.get());
            }
        } catch (IOException gone) {
            LOG.debug("a client of the admin API is gone", gone);
        } catch (RuntimeException | Error fault) {
            LOG.error("the admin API failed over {}", exchange.getRequestURI(), fault);
        }
    }

    /** Empty if it was answered already, by a stream. */
    private Optional<Answer> answer(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            return Optional.of(Answer.failure(405, "this API only reads", "use GET"));
        }
        if (!isMeant(exchange)) {
            return Optional.of(Answer.failure(
                    421,
                    "this is not the host that was asked for",
                    "use the address that the process told at its start"));
        }
        String path = exchange.getRequestURI().getPath();
        try {
            if (path.equals("/api/events")) {
                return streams.serve(exchange, Query.of(exchange.getRequestURI(), path, Set.of("names")));
            }
            if (path.equals("/metrics")) {
                return Optional.of(Answer.metrics(metrics.scrape()));
            }
            return Optional.of(pages.answer(exchange.getRequestURI(), path));
        } catch (IllegalArgumentException wrong) {
            return Optional.of(Answer.failure(400, String.valueOf(wrong.getMessage()), "see docs/admin-api.yaml"));
        } catch (RuntimeException | Error fault) {
            LOG.error("the admin API failed over {}", exchange.getRequestURI(), fault);
            return Optional.of(Answer.failure(500, fault.toString(), "a fault of ours: its trace is in the log"));
        }
    }

    /** A page on the web whose name was made to lead here has that name in its requests, and is refused. */
    private boolean isMeant(HttpExchange exchange) {
        if (!server.getAddress().getAddress().isLoopbackAddress()) {
            return true;
        }
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
        String name = host.replaceFirst(":[0-9]*$", "");
        return name.equals("localhost") || name.equals("[::1]") || name.matches("127\\.[0-9]+\\.[0-9]+\\.[0-9]+");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        streams.close();
        threads.close();
        server.stop(0);
        source.close();
        metrics.close();
    }
}
