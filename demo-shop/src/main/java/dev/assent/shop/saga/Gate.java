package dev.assent.shop.saga;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assent.saga.model.CallKey;
import dev.assent.saga.model.SagaId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where every process asks whether it may go on, and where blows fall. Thread-safe. */
final class Gate implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final int OK = 200;

    private final HttpServer server;
    private final ExecutorService visitors = Executors.newCachedThreadPool();
    private @Nullable Armed armed;

    /** Deals a blow; {@code called} is who visits. */
    @FunctionalInterface
    interface Arm {
        void strike(String called) throws IOException, InterruptedException;
    }

    private record Armed(SagaId saga, PlannedFault blow, Arm arm, CompletableFuture<Void> struck) {
        boolean isMoment(CallKey key, Moment moment) {
            return key.saga().equals(saga)
                    && key.step().equals(blow.step())
                    && key.direction() == blow.direction()
                    && moment == blow.moment();
        }
    }

    Gate() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.createContext("/visit", this::visit);
        server.setExecutor(visitors);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Ends when the blow has fallen. */
    synchronized CompletableFuture<Void> arm(SagaId saga, PlannedFault blow, Arm arm) {
        Armed next = new Armed(saga, blow, arm, new CompletableFuture<>());
        armed = next;
        return next.struck();
    }

    private void visit(HttpExchange exchange) throws IOException {
        List<String> words = List.of(exchange.getRequestURI().getQuery().split("&", -1));
        Optional<CallKey> key = CallKey.parse(words.get(1));
        Moment moment = Moment.valueOf(words.get(2));
        key.flatMap(call -> takeIf(call, moment)).ifPresent(blow -> strike(blow, words.get(0)));
        exchange.sendResponseHeaders(OK, -1);
        exchange.close();
    }

    private synchronized Optional<Armed> takeIf(CallKey key, Moment moment) {
        Optional<Armed> taken = Optional.ofNullable(armed).filter(blow -> blow.isMoment(key, moment));
        if (taken.isPresent()) {
            armed = null;
        }
        return taken;
    }

    /** The visitor goes on meanwhile if the blow is to fall a moment later. */
    private void strike(Armed blow, String called) {
        Runnable fall = () -> {
            try {
                blow.arm().strike(called);
                blow.struck().complete(null);
            } catch (IOException failed) {
                blow.struck().completeExceptionally(failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                blow.struck().completeExceptionally(interrupted);
            }
        };
        long delay = blow.blow().delayMillis();
        if (delay == 0) {
            fall.run();
        } else {
            CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, visitors)
                    .execute(fall);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        visitors.shutdownNow();
    }
}
