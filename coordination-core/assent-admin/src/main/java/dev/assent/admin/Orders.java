package dev.assent.admin;

import dev.assent.admin.view.ActionResult;
import dev.assent.admin.view.ItemResult;
import dev.assent.admin.view.OrderRequest;
import dev.assent.json.JsonReader;
import dev.assent.time.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has orders carried out, on threads of its own: a database or a store that hangs holds up an order, never a request; its
 * answer says then what goes on. Nothing is begun for an answer that has been sent. Thread-safe.
 */
final class Orders implements AutoCloseable {
    static final int ITEMS_MAX = 100;
    static final int ITEM_CHARS_MAX = 1_000;
    static final int REASON_CHARS_MAX = 500;
    /** Orders carried out at once, and such that wait. */
    static final int THREADS = 2;

    static final int WAITING_MAX = 8;
    /** So long an answer waits for its order; less than a request may take. */
    static final long PATIENCE_MILLIS = 8_000;

    private static final Logger LOG = LoggerFactory.getLogger(Orders.class);
    private static final Set<String> FIELDS = Set.of("items", "reason", "dryRun", "decision");
    private static final Set<String> DECISIONS = Set.of("COMMIT", "ABORT");

    private final Clock clock;
    private final long patienceMillis;
    private final ThreadPoolExecutor threads;

    Orders(Clock clock, long patienceMillis) {
        this.clock = clock;
        this.patienceMillis = patienceMillis;
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "assent-admin-order");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Understands the body of a request.
     *
     * @throws IllegalArgumentException it is no order; the message says why
     */
    static OrderRequest parse(String body) {
        Map<String, Object> fields = fields(body);
        for (String name : fields.keySet()) {
            require(FIELDS.contains(name), "an order has no other fields than " + String.join(", ", FIELDS));
        }
        Object dryRun = fields.getOrDefault("dryRun", true);
        require(dryRun instanceof Boolean, "dryRun is true or false");
        OrderRequest order = new OrderRequest(
                items(fields.get("items")), text(fields, "reason"), (Boolean) dryRun, text(fields, "decision"));
        check(order);
        return order;
    }

    private static Map<String, Object> fields(String body) {
        try {
            return JsonReader.object(body);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "the body is no JSON object of text, true, false and lists of text: " + wrong.getMessage(), wrong);
        }
    }

    private static List<String> items(@Nullable Object value) {
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new IllegalArgumentException("items is a list of text");
    }

    private static Optional<String> text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        require(value == null || value instanceof String, name + " is text");
        return Optional.ofNullable(value).map(String::valueOf);
    }

    private static void check(OrderRequest order) {
        require(!order.items().isEmpty() && order.items().size() <= ITEMS_MAX, "items are 1 to " + ITEMS_MAX);
        require(
                order.items().stream().allMatch(item -> !item.isBlank() && item.length() <= ITEM_CHARS_MAX),
                "an item is 1 to " + ITEM_CHARS_MAX + " characters");
        String reason = order.reason().orElse("");
        require(
                order.dryRun() || !reason.isBlank(),
                "reason is missing: it is kept in the audit log with what is done. Or let dryRun be true");
        require(reason.length() <= REASON_CHARS_MAX, "reason is " + REASON_CHARS_MAX + " characters at most");
        require(
                order.decision().isEmpty()
                        || DECISIONS.contains(order.decision().get()),
                "decision is COMMIT or ABORT, or absent");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Has it carried out, and tells what came of it within {@link #PATIENCE_MILLIS} ms. */
    Answer carryOut(Action action, OrderRequest wanted, String operator) {
        Run run = new Run(
                action,
                wanted,
                new Action.Order(operator, wanted.reason().orElse(""), wanted.dryRun(), wanted.decision()));
        try {
            threads.execute(run);
        } catch (RejectedExecutionException full) {
            return Answer.failure(
                    503,
                    "as many orders as may are under way or wait already; nothing was done",
                    "wait until the stores and databases that they concern answer");
        }
        return Answer.json(run.await());
    }

    /** One order. */
    private final class Run implements Runnable {
        private final Action action;
        private final OrderRequest wanted;
        private final Action.Order order;
        private final long endMillis = clock.monotonicMillis() + patienceMillis;
        private final CountDownLatch ended = new CountDownLatch(1);
        /** Guarded by this. */
        private final List<ItemResult> results = new ArrayList<>();

        private boolean isAnswered;
        private boolean isBusy;

        Run(Action action, OrderRequest wanted, Action.Order order) {
            this.action = action;
            this.wanted = wanted;
            this.order = order;
        }

        @Override
        public void run() {
            try {
                for (String item : wanted.items()) {
                    if (!mayBegin()) {
                        return;
                    }
                    end(result(item));
                }
            } finally {
                ended.countDown();
            }
        }

        private synchronized boolean mayBegin() {
            isBusy = !isAnswered && clock.monotonicMillis() < endMillis;
            return isBusy;
        }

        private synchronized void end(ItemResult result) {
            isBusy = false;
            results.add(result);
            if (isAnswered) {
                LOG.info(
                        "an order has ended after its answer: {} {} {}",
                        result.item(),
                        result.result(),
                        result.lines());
            }
        }

        /** The boundary of an item. */
        private ItemResult result(String item) {
            try {
                return action.act(order, item);
            } catch (IllegalArgumentException nothing) {
                return new ItemResult(item, ItemResult.Result.REFUSED, List.of(String.valueOf(nothing.getMessage())));
            } catch (IOException away) {
                return new ItemResult(item, ItemResult.Result.FAILED, List.of(String.valueOf(away.getMessage())));
            } catch (RuntimeException | Error fault) {
                LOG.error("an order failed", fault);
                return new ItemResult(
                        item, ItemResult.Result.FAILED, List.of("a fault of ours, its trace is in the log: " + fault));
            }
        }

        ActionResult await() {
            try {
                var unused = ended.await(endMillis - clock.monotonicMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return answer();
        }

        private synchronized ActionResult answer() {
            isAnswered = true;
            List<ItemResult> all = new ArrayList<>(results);
            for (int i = results.size(); i < wanted.items().size(); i++) {
                boolean isUnderWay = isBusy && i == results.size();
                all.add(new ItemResult(
                        wanted.items().get(i),
                        isUnderWay ? ItemResult.Result.UNDER_WAY : ItemResult.Result.NOT_BEGUN,
                        List.of(
                                isUnderWay
                                        ? "it has not ended within " + patienceMillis
                                                + " ms, and goes on; the audit log will tell what is done, the process' log its end"
                                        : "time was over before it was begun; order it again")));
            }
            return new ActionResult(order.dryRun(), all);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
