package dev.assent.shop.soak;

import dev.assent.shop.demo.parts.Basket;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.CheckoutClient.Answer;
import dev.assent.shop.platform.Pauses;
import dev.assent.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Customers who buy in every flow, and want some of it undone. Each waits a while after something was down. */
final class Buyers {
    private static final Backoff PAUSES = new Backoff(100, 2_000);

    private final CheckoutClient client;
    private final Promises promises;
    private final SplittableRandom random;
    private final List<Thread> customers = new ArrayList<>();
    private volatile boolean closing;

    Buyers(CheckoutClient client, Promises promises, int customers, SplittableRandom random) {
        this.client = client;
        this.promises = promises;
        this.random = random.split();
        for (int number = 1; number <= customers; number++) {
            Mixture own = new Mixture(random.split());
            Thread customer = new Thread(() -> shop(own), "customer-" + number);
            customer.setDaemon(true);
            this.customers.add(customer);
        }
    }

    void start() {
        customers.forEach(Thread::start);
    }

    private void shop(Mixture mixture) {
        int failures = 0;
        try {
            while (!closing) {
                Heard heard = buy(mixture, mixture.flow());
                failures = heard == Heard.COMMITTED ? 0 : failures + 1;
                if (failures > 0) {
                    Pauses.pause(PAUSES.pause(failures).toMillis());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of whom nothing was heard, for whatever reason, has to be known: an order may have come of it. */
    private Heard buy(Mixture mixture, String flow) throws InterruptedException {
        Basket basket = Basket.draw(mixture.random());
        UUID order = basket.orderId();
        Heard heard = Heard.UNKNOWN;
        try {
            heard = heard(client.checkout(basket, flow));
        } finally {
            promises.bought(order, flow, heard);
        }
        if (heard == Heard.COMMITTED && mixture.isUndone()) {
            undo(order, flow);
        }
        return heard;
    }

    private void undo(UUID order, String flow) throws InterruptedException {
        promises.undone(order, Heard.UNKNOWN);
        promises.undone(order, heard(client.undo(order, flow.equals("eventual") ? "cancel" : "refund")));
    }

    private static Heard heard(Answer answer) {
        if (answer instanceof Answer.Committed) {
            return Heard.COMMITTED;
        }
        return answer instanceof Answer.RolledBack ? Heard.ROLLED_BACK : Heard.UNKNOWN;
    }

    /** Returns when each has had the last answer, {@code millis} at most; whoever waits longer gives up. */
    void sendHome(long millis) throws InterruptedException {
        closing = true;
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Thread customer : customers) {
            TimeUnit.NANOSECONDS.timedJoin(customer, Math.max(1, endNanos - System.nanoTime()));
        }
        for (Thread customer : customers) {
            customer.interrupt();
            customer.join();
        }
    }

    /** One purchase in each flow, again and again until it is committed; the flows in which none was in time. */
    List<String> lastPurchases(Duration patience) throws InterruptedException {
        long endNanos = System.nanoTime() + patience.toNanos();
        Mixture mixture = new Mixture(random);
        List<String> never = new ArrayList<>();
        for (String flow : Mixture.FLOWS) {
            Heard heard = buy(mixture, flow);
            while (heard != Heard.COMMITTED && System.nanoTime() < endNanos) {
                Pauses.pause(PAUSES.pause(1).toMillis());
                heard = buy(mixture, flow);
            }
            if (heard != Heard.COMMITTED) {
                never.add(flow);
            }
        }
        return never;
    }
}
