package dev.assent.shop.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The customers: each thread checks out basket after basket. What it was not told for certain it keeps to ask again. */
final class CheckoutDriver {
    private final CheckoutClient client;
    private final Tally tally;
    private final Optional<Integer> checkouts;
    private final AtomicInteger begun = new AtomicInteger();
    private final Map<Basket, String> unknown = new ConcurrentHashMap<>();
    private final List<Thread> customers = new ArrayList<>();
    private volatile boolean stopped;

    CheckoutDriver(CheckoutClient client, Tally tally, DemoOptions options) {
        this.client = client;
        this.tally = tally;
        this.checkouts = options.checkouts();
        SplittableRandom random = new SplittableRandom(options.seed());
        for (int customer = 1; customer <= options.customers(); customer++) {
            SplittableRandom own = random.split();
            customers.add(new Thread(() -> shop(own), "customer-" + customer));
        }
    }

    void start() {
        customers.forEach(Thread::start);
    }

    /** Blocks until every customer has had the last answer. */
    void join() throws InterruptedException {
        for (Thread customer : customers) {
            customer.join();
        }
    }

    void stop() {
        stopped = true;
    }

    /** The baskets whose end is not known, with the token to ask with if there is one. */
    Map<Basket, String> unknown() {
        return Map.copyOf(unknown);
    }

    void resolved(Basket basket, boolean committed) {
        if (unknown.remove(basket) != null) {
            tally.resolved(committed);
        }
    }

    private void shop(SplittableRandom random) {
        try {
            while (!stopped
                    && checkouts.map(all -> begun.getAndIncrement() < all).orElse(true)) {
                Basket basket = Basket.draw(random);
                CheckoutClient.Answer answer = client.checkout(basket);
                if (answer instanceof CheckoutClient.Answer.Committed) {
                    tally.committed(System.nanoTime());
                } else if (answer instanceof CheckoutClient.Answer.RolledBack rolledBack) {
                    tally.rolledBack(rolledBack.reason());
                } else if (answer instanceof CheckoutClient.Answer.Unknown unsure) {
                    unknown.put(basket, unsure.token());
                    tally.unknown();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
