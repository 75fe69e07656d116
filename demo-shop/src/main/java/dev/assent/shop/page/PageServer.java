package dev.assent.shop.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.admin.RequestThreads;
import dev.assent.admin.login.Gate;
import dev.assent.admin.login.Head;
import dev.assent.admin.login.Refusal;
import dev.assent.admin.page.PageFiles;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Serves the page on the loopback interface, from {@link #start} to {@link #close}. Thread-safe. */
public final class PageServer implements AutoCloseable {
    /** Of an order's text; more is not read. */
    static final int BODY_BYTES_MAX = 4 << 10;

    /** Orders that are carried out at the same time, and that wait for it. */
    static final int ORDERS_MAX = 8;

    static final int ORDERS_WAITING_MAX = 32;

    /** Whoever ordered hears so soon that it goes on by itself. */
    static final long PATIENCE_MILLIS = 8_000;

    /** A request that is not read, answered and taken in this time is cut off. */
    private static final long ANSWER_MILLIS_MAX = 12_000;

    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final String API = "/api/";
    private static final String PICTURE = "/api/picture";
    private static final String CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'";
    private static final List<String> FILES = List.of(
            "shop.js",
            "shop-front.js",
            "shop-system.js",
            "shop-drills.js",
            "shop-checks.js",
            "shop-start.js",
            "shop.css");

    private final HttpServer server;
    private final Gate gate;
    private final PageSource source;
    private final RequestThreads threads;
    private final ThreadPoolExecutor orders;
    private final long patienceMillis;
    private final PageFiles files = new PageFiles(PageServer.class, "shop.html", FILES);
    private final JsonMapper json = JsonMapper.builder().build();
    private final OrderText reader = new OrderText(json);

    private PageServer(HttpServer server, PageSource source, Clock clock, long patienceMillis) {
        this.server = server;
        this.gate = Gate.ofDemonstration(server.getAddress(), clock);
        this.source = source;
        this.patienceMillis = patienceMillis;
        this.threads = new RequestThreads(clock, ANSWER_MILLIS_MAX, ORDERS_MAX + ORDERS_WAITING_MAX);
        this.orders = new ThreadPoolExecutor(
                ORDERS_MAX,
                ORDERS_MAX,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(ORDERS_WAITING_MAX),
                task -> daemon(task, "shop-page-order"));
        orders.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Listens on a port of its own choice, or on {@code port} if that is not 0.
     *
     * @throws IOException it is taken
     */
    public static PageServer start(int port, PageSource source) throws IOException {
        return start(port, source, Clock.SYSTEM, PATIENCE_MILLIS);
    }

    /** The same with another patience. */
    static PageServer start(int port, PageSource source, Clock clock, long patienceMillis) throws IOException {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
        PageServer page = new PageServer(HttpServer.create(here, 0), source, clock, patienceMillis);
        page.server.setExecutor(page.threads);
        page.server.createContext("/", page::handle);
        page.server.start();
        return page;
    }

    /** Where it is to be seen. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        orders.shutdownNow();
        gate.close();
    }

    /** What is answered. */
    private record Answer(int status, Object body) {
        static Answer failure(int status, String error, String remedy) {
            return new Answer(status, new Failure(error, remedy));
        }
    }

    /** As the page shows it. */
    private record Failure(String error, String remedy) {}

    /** The boundary of a request. */
    private void handle(HttpExchange exchange) {
        try (exchange) {
            Optional<Answer> answer = answer(exchange);
            if (answer.isPresent()) {
                send(exchange, answer.get());
            }
        } catch (IOException gone) {
            LOG.debug("who looked at the page is gone", gone);
        } catch (RuntimeException | Error fault) {
            LOG.error("the shop's page failed over a request", fault);
        }
    }

    /** Empty if a file was sent already. */
    private Optional<Answer> answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Head head = head(exchange, path);
        if (gate.judge(head) instanceof Gate.Verdict.Refused refused) {
            return Optional.of(refused(exchange, refused.why()));
        }
        if (head.area() == Head.Area.OPEN) {
            return files.serve(exchange) ? Optional.empty() : Optional.of(nothing());
        }
        try {
            return Optional.of(path.equals(PICTURE) ? new Answer(200, source.picture()) : order(exchange, path, head));
        } catch (IllegalArgumentException wrong) {
            return Optional.of(Answer.failure(400, String.valueOf(wrong.getMessage()), ""));
        } catch (RuntimeException | Error fault) {
            LOG.error("the shop's page failed over a request", fault);
            return Optional.of(Answer.failure(500, "a fault of ours: " + fault, "its trace is in the demo's output"));
        }
    }

    private static Answer nothing() {
        return Answer.failure(404, "there is nothing here", "the page is at /");
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
                List.of(),
                first(headers, "Content-Type"));
    }

    private static Head.Area area(String path) {
        if (!path.startsWith(API)) {
            return Head.Area.OPEN;
        }
        return path.equals(PICTURE) ? Head.Area.KNOWLEDGE : Head.Area.ACTION;
    }

    private static Optional<String> first(Headers headers, String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }

    private Answer order(HttpExchange exchange, String path, Head head) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
        if (body.length > BODY_BYTES_MAX) {
            return refused(exchange, gate.refuse(Refusal.TOO_LARGE, head));
        }
        Optional<Order> order = reader.read(path.substring(API.length()), new String(body, StandardCharsets.UTF_8));
        return order.isPresent() ? carriedOut(order.get()) : nothing();
    }

    /** Orders take as long as what they order; the one who waits for the answer does not. */
    private Answer carriedOut(Order order) throws IOException {
        FutureTask<Told> task = new FutureTask<>(() -> source.act(order));
        try {
            orders.execute(task);
            return new Answer(200, task.get(patienceMillis, TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException full) {
            return Answer.failure(503, "too much is ordered at once", "try again in a moment");
        } catch (TimeoutException slow) {
            return new Answer(200, new Told(Told.Result.UNDER_WAY, "It takes its time, and goes on."));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new IOException("the page is being closed", closing);
        }
    }

    private static Answer refused(HttpExchange exchange, Refusal why) {
        // What is still to come of it is not waited for.
        exchange.getResponseHeaders().set("Connection", "close");
        return Answer.failure(why.status(), why.error(), why == Refusal.METHOD ? "the page is at /" : why.remedy());
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = json.writeValueAsBytes(answer.body());
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json; charset=utf-8");
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Content-Security-Policy", CONTENT_POLICY);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
