package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Basket;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.page.Order;
import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Told;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Where whoever looks at the page buys. Thread-safe. */
final class Counter {
    private static final String EVENTUAL = "eventual";

    static final List<Picture.Flow> FLOWS = List.of(
            new Picture.Flow(
                    "strong", "One transaction over three services and databases: all of it happens, or nothing."),
            new Picture.Flow("three-phase", "The same, and it ends though all coordinators and their store die."),
            new Picture.Flow("commit-point", "The same; a row beside the order decides, and the store is not asked."),
            new Picture.Flow("tcc", "Goods and money are held, then taken or let go; no row stays locked meanwhile."),
            new Picture.Flow("saga", "One step after the other; if one is refused, the others are undone."),
            new Picture.Flow(EVENTUAL, "The order is taken at once; goods and money follow by events, each once."));

    /** Purchases whose answers are remembered. */
    static final int TOKENS_MAX = 500;

    private final CheckoutClient client;
    private final Tally tally;
    private final Answers answers;
    private final Map<UUID, CompletableFuture<Told>> tokens = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, CompletableFuture<Told>> eldest) {
            return size() > TOKENS_MAX;
        }
    };

    Counter(CheckoutClient client, Tally tally, Answers answers) {
        this.client = client;
        this.tally = tally;
        this.answers = answers;
    }

    /** A token that was shown before has the answer that it had. */
    Told buy(Order.Buy order) throws InterruptedException {
        CompletableFuture<Told> fresh = new CompletableFuture<>();
        CompletableFuture<Told> known = first(order.token(), fresh);
        if (known == fresh) {
            try {
                fresh.complete(bought(order));
            } finally {
                fresh.complete(new Told(Told.Result.UNDER_WAY, "Nobody waited for the end."));
            }
        }
        try {
            return known.get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private synchronized CompletableFuture<Told> first(UUID token, CompletableFuture<Told> fresh) {
        CompletableFuture<Told> known = tokens.putIfAbsent(token, fresh);
        return known == null ? fresh : known;
    }

    private Told bought(Order.Buy order) throws InterruptedException {
        Basket basket = new Basket(order.token(), order.customer(), order.item(), order.quantity());
        CheckoutClient.Answer answer = client.checkout(basket, order.flow());
        if (!order.flow().equals(EVENTUAL)) { // which says that the order is taken, and not that it will be paid
            answers.heard(basket, answer);
        }
        String id = order.token().toString().substring(0, 8);
        if (answer instanceof CheckoutClient.Answer.Committed) {
            tally.committed(System.nanoTime());
            return new Told(
                    Told.Result.DONE, "Order " + id + " is taken: " + order.quantity() + " × " + order.item() + ".");
        }
        if (answer instanceof CheckoutClient.Answer.RolledBack rolledBack) {
            tally.rolledBack(rolledBack.reason());
            return new Told(
                    rolledBack.isRefusal() ? Told.Result.REFUSED : Told.Result.FAILED,
                    "Nothing was bought: " + rolledBack.reason() + ".");
        }
        return new Told(
                Told.Result.UNDER_WAY, "What became of order " + id + " is not known yet; the orders will show it.");
    }

    Told refund(UUID order) throws InterruptedException {
        return undone(order, "refund", "is refunded");
    }

    Told cancel(UUID order) throws InterruptedException {
        return undone(order, "cancel", "is cancelled");
    }

    private Told undone(UUID order, String action, String done) throws InterruptedException {
        String name = "Order " + order.toString().substring(0, 8);
        CheckoutClient.Answer answer = client.undo(order, action);
        if (answer instanceof CheckoutClient.Answer.Committed) {
            return new Told(Told.Result.DONE, name + " " + done + ".");
        }
        if (answer instanceof CheckoutClient.Answer.RolledBack rolledBack) {
            return new Told(
                    rolledBack.isRefusal() ? Told.Result.REFUSED : Told.Result.FAILED,
                    name + " stays as it is: " + rolledBack.reason() + ".");
        }
        return new Told(
                Told.Result.UNDER_WAY, "Whether " + name + " " + done + " is not known yet; the orders will show it.");
    }
}
