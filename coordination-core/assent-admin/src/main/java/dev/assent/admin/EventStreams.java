package dev.assent.admin;

import com.sun.net.httpserver.HttpExchange;
import dev.assent.admin.view.Event;
import dev.assent.event.EventListener;
import dev.assent.event.EventSource;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.time.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Streams of server-sent events, one thread each. A client that does not keep up by {@link #WAITING_MAX} events is told so
 * and let go; one that does not read at all is cut off, and so is one whose token has been taken out. Thread-safe.
 */
final class EventStreams {
    static final int STREAMS_MAX = 8;
    static final int WAITING_MAX = 2_000;
    /** Something is sent at least so often, so that a client that is gone is noticed. */
    private static final long PING_SECONDS = 10;
    /** So long a client is taken for admitted without a look. */
    static final long ADMITTED_SECONDS = 5;

    private final List<EventSource> sources;
    private final RequestThreads threads;
    private final Clock clock;
    private final Semaphore places = new Semaphore(STREAMS_MAX);
    private volatile boolean closed;

    EventStreams(List<EventSource> sources, RequestThreads threads, Clock clock) {
        this.sources = sources;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * Runs until the client is gone or let go; empty if it has a stream, else why not.
     *
     * @param isAdmitted whether the client may still listen
     */
    Optional<Answer> serve(HttpExchange exchange, Query query, BooleanSupplier isAdmitted) throws IOException {
        if (!places.tryAcquire()) {
            return Optional.of(Answer.failure(
                    503, STREAMS_MAX + " clients listen already", "close one that is not looked at any more"));
        }
        try {
            List<String> names = query.parameter("names")
                    .map(text -> List.of(text.split(",", -1)))
                    .orElse(List.of(""));
            stream(exchange, new Waiting(names), isAdmitted);
        } finally {
            places.release();
        }
        return Optional.empty();
    }

    /** What waits for one client. */
    private static final class Waiting implements EventListener {
        private final List<String> names;
        private final BlockingQueue<Told> queue = new ArrayBlockingQueue<>(WAITING_MAX);
        private final AtomicLong missed = new AtomicLong();
        private volatile boolean full;

        Waiting(List<String> names) {
            this.names = names;
        }

        @Override
        public void heard(Told told) {
            String name = told.event().name();
            if (names.stream().anyMatch(name::startsWith) && !queue.offer(told)) {
                full = true;
            }
        }

        @Override
        public void missed(long events) {
            missed.addAndGet(events);
        }
    }

    private void stream(HttpExchange exchange, Waiting waiting, BooleanSupplier isAdmitted) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        List<Subscription> subscriptions = new ArrayList<>();
        try (OutputStream out = exchange.getResponseBody()) {
            sources.forEach(source ->
                    subscriptions.add(source.subscribe("assent-admin-stream", EventSource.CAPACITY, waiting)));
            send(out, ": events follow\n\n");
            String why = follow(out, waiting, isAdmitted);
            send(out, "event: end\ndata: " + Json.of(Map.of("reason", why)) + "\n\n");
        } finally {
            subscriptions.forEach(Subscription::close);
        }
    }

    private String follow(OutputStream out, Waiting waiting, BooleanSupplier isAdmitted) throws IOException {
        long lookedNanos = clock.nanos();
        while (!closed) {
            threads.idle();
            Optional<Told> next = next(waiting);
            threads.progress();
            if (clock.nanos() - lookedNanos >= TimeUnit.SECONDS.toNanos(ADMITTED_SECONDS)) {
                lookedNanos = clock.nanos();
                if (!isAdmitted.getAsBoolean()) {
                    return "your token is not known any more";
                }
            }
            if (waiting.full) {
                return "you read too slowly: more than " + WAITING_MAX + " events waited";
            }
            long missed = waiting.missed.getAndSet(0);
            if (missed > 0) {
                send(out, "event: missed\ndata: " + Json.of(Map.of("events", missed)) + "\n\n");
            }
            send(out, next.map(EventStreams::text).orElse(": still here\n\n"));
        }
        return "the process stops";
    }

    private static Optional<Told> next(Waiting waiting) throws IOException {
        try {
            return Optional.ofNullable(waiting.queue.poll(PING_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new IOException("the stream is cut off", closing);
        }
    }

    private static String text(Told told) {
        Event event = new Event(
                told.number(),
                Instant.ofEpochMilli(told.epochMillis()),
                told.event().name(),
                told.event());
        return "event: " + event.name() + "\nid: " + told.number() + "\ndata: " + Json.of(event) + "\n\n";
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    void close() {
        closed = true;
    }
}
