package dev.assent.shop.order;

import dev.assent.saga.Sagas;
import dev.assent.saga.api.SagaDefinition;
import dev.assent.saga.engine.ExecutorSettings;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaOutcome;
import dev.assent.saga.model.SagaRecord;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.Problem;
import dev.assent.store.StoreConfig;
import dev.assent.tx.bulkhead.Bulkhead;
import java.io.Closeable;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts checkouts as sagas, and waits for their end. A saga's id is its order's: started twice it runs once. */
@Component
class OrderSagas {
    /** What a token to ask with begins with. */
    private static final String TOKEN = "saga:";

    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(20);
    private static final int CAUSE_CHARS_MAX = 500;

    private final SagaDefinition<CheckoutRequest> checkout;
    private final OrderBook orders;
    private final LocalTransactions local;
    private final SagaCalls calls;
    private final JsonMapper json;
    private final AtomicReference<@Nullable Sagas> open = new AtomicReference<>();

    OrderSagas(SagaCheckout checkout, OrderBook orders, LocalTransactions local, SagaCalls calls, JsonMapper json) {
        this.checkout = checkout.definition();
        this.orders = orders;
        this.local = local;
        this.calls = calls;
        this.json = json;
    }

    /** From then on this process executes sagas, those of processes that have died too. */
    Closeable open(StoreConfig store, Duration kept) throws IOException {
        Sagas opened = Sagas.open(
                store,
                List.of(checkout),
                ExecutorSettings.DEFAULT.withRetentionMillis(kept.toMillis()),
                Bulkhead.Limits.DEFAULT);
        open.set(opened);
        return () -> {
            open.set(null);
            opened.close();
        };
    }

    /**
     * Returns when the saga has ended.
     *
     * @param begun hears the token to ask with, should it take longer than the caller waits
     * @throws Refused it was compensated, as somebody refused a step
     */
    CheckoutReply place(CheckoutRequest request, Consumer<String> begun) throws SQLException {
        Sagas sagas = sagas();
        SagaId id = new SagaId(request.orderId().toString());
        begun.accept(TOKEN + id.text());
        boolean isFirst = await(sagas.start(checkout, id, request));
        if (!isFirst && !isOf(sagas, id, request)) {
            throw Clicks.misused();
        }
        CheckoutReply done = CheckoutReply.committed(request.orderId(), OrderStatus.CREATED);
        return switch (await(sagas.outcome(id))) {
            case COMPLETED -> isFirst ? done : done.again();
            case COMPENSATED -> throw refusal(request.orderId(), cause(sagas, id));
        };
    }

    private boolean isOf(Sagas sagas, SagaId id, CheckoutRequest request) {
        return record(sagas, id)
                .map(record -> calls.read(record.header().input()).contents().equals(request.contents()))
                .orElse(true);
    }

    /** How a saga has ended, by the token that was told; empty: the token is not of a saga, or it has not ended. */
    Optional<SagaOutcome> ended(String token) {
        return record(sagas(), id(token)).flatMap(record -> record.progress().outcome());
    }

    /** Why it turned back. */
    String cause(String token) {
        return cause(sagas(), id(token));
    }

    static boolean isToken(String token) {
        return token.startsWith(TOKEN);
    }

    private static SagaId id(String token) {
        return new SagaId(token.substring(TOKEN.length()));
    }

    private Sagas sagas() {
        return Optional.ofNullable(open.get())
                .orElseThrow(() -> new Problem(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "no saga can be started or asked for: the store of their logs is not reached yet",
                        "nothing was done: try again in some seconds, or take another flow"));
    }

    private static Optional<SagaRecord> record(Sagas sagas, SagaId id) {
        return await(sagas.archive().show(id));
    }

    private static String cause(Sagas sagas, SagaId id) {
        return record(sagas, id).flatMap(record -> record.progress().cause()).orElse("it was compensated");
    }

    /** A service's refusal is in the cause as it was answered, which for the customer is reduced to its own words. */
    private RuntimeException refusal(UUID order, String cause) throws SQLException {
        int body = cause.indexOf('{');
        try {
            JsonNode told = json.readTree(body < 0 ? "" : cause.substring(body));
            String reason = told.path("cause").asString("");
            if (!reason.isEmpty()) {
                record(order, reason);
                return new Refused(reason, told.path("remedy").asString("order something else"));
            }
        } catch (JacksonException noRefusal) {
            record(order, cause);
            return new IllegalStateException(cause, noRefusal);
        }
        record(order, cause);
        return new IllegalStateException(cause);
    }

    private void record(UUID order, String reason) throws SQLException {
        boolean unused = local.run(connection -> {
            orders.reason(connection, order, reason.substring(0, Math.min(reason.length(), CAUSE_CHARS_MAX)));
            return true;
        });
    }

    private static <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(ANSWER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(
                    "the saga has not answered within " + ANSWER_PATIENCE.toSeconds() + " s", late);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(String.valueOf(failed.getCause()), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a saga was waited for", interrupted);
        }
    }
}
