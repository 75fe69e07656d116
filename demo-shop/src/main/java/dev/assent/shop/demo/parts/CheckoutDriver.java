package dev.assent.shop.demo.parts;

import dev.assent.shop.demo.parts.ShopDoor.Experience;
import dev.assent.shop.demo.parts.ShopDoor.Visit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The customers: each thread checks out basket after basket, and comes back later when something in the shop is down.
 * What a customer was not told for certain it keeps to ask again.
 */
public final class CheckoutDriver implements AutoCloseable {
    /** Long enough for a checkout that goes well to be answered. */
    private static final Duration LAST_ANSWER_PATIENCE = Duration.ofSeconds(1);

    /** Above the longest wait for an answer's head; a body that does not come then is not waited for. */
    private static final Duration ANY_ANSWER_PATIENCE = CheckoutClient.ANSWER_TIMEOUT.plusSeconds(5);

    private final CheckoutClient client;
    private final Tally tally;
    private final ShopDoor door;
    private final Optional<Integer> checkouts;
    private final AtomicInteger begun = new AtomicInteger();
    private final Map<Basket, String> unknown = new ConcurrentHashMap<>();
    private final List<Thread> customers = new ArrayList<>();

    public CheckoutDriver(CheckoutClient client, Tally tally, DemoOptions options) {
        this.client = client;
        this.tally = tally;
        this.checkouts = options.checkouts();
        SplittableRandom random = new SplittableRandom(options.seed());
        for (int customer = 1; customer <= options.customers(); customer++) {
            SplittableRandom own = random.split();
            customers.add(new Thread(() -> shop(own), "customer-" + customer));
        }
        this.door = new ShopDoor(System::nanoTime, random.split());
    }

    public void start() {
        customers.forEach(Thread::start);
    }

    /** Blocks until every customer has had the last answer. */
    public void join() throws InterruptedException {
        for (Thread customer : customers) {
            customer.join();
        }
    }

    /** Nobody begins a checkout any more; returns when every customer has had the last answer, or waited too long. */
    public void closeDoors() throws InterruptedException {
        sendHome(ANY_ANSWER_PATIENCE);
    }

    /** Sends the customers home: nobody begins a checkout any more, and who waits too long for an answer gives up. */
    @Override
    public void close() {
        try {
            sendHome(LAST_ANSWER_PATIENCE);
        } catch (InterruptedException interrupted) {
            customers.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    private void sendHome(Duration patience) throws InterruptedException {
        door.goOutOfBusiness();
        long endNanos = System.nanoTime() + patience.toNanos();
        for (Thread customer : customers) {
            TimeUnit.NANOSECONDS.timedJoin(customer, endNanos - System.nanoTime());
        }
        customers.forEach(Thread::interrupt);
    }

    /** The baskets whose end is not known, with the token to ask with if there is one. */
    public Map<Basket, String> unknown() {
        return Map.copyOf(unknown);
    }

    public void resolved(Basket basket, boolean committed) {
        if (unknown.remove(basket) != null) {
            tally.resolved(committed);
        }
    }

    private void shop(SplittableRandom random) {
        try {
            for (Optional<Visit> visit = door.enter(); visit.isPresent() && isOneLeft(); visit = door.enter()) {
                Experience experience = Experience.OUT_OF_ORDER;
                try {
                    experience = checkOut(Basket.draw(random));
                } finally {
                    door.left(visit.get(), experience);
                }
            }
            // Whoever still waits outside is to see as well that there is nothing left to do.
            door.goOutOfBusiness();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOneLeft() {
        return checkouts.map(all -> begun.getAndIncrement() < all).orElse(true);
    }

    private Experience checkOut(Basket basket) throws InterruptedException {
        CheckoutClient.Answer answer = new CheckoutClient.Answer.Unknown("");
        try {
            answer = client.checkout(basket);
        } finally {
            if (answer instanceof CheckoutClient.Answer.Unknown unsure) {
                unknown.put(basket, unsure.token()); // Who is sent home in the middle was told nothing, too.
                tally.unknown();
            }
        }
        if (answer instanceof CheckoutClient.Answer.Committed) {
            tally.committed(System.nanoTime());
            return Experience.SERVED;
        }
        if (answer instanceof CheckoutClient.Answer.RolledBack rolledBack) {
            tally.rolledBack(rolledBack.reason());
            return rolledBack.isRefusal() ? Experience.REFUSED : Experience.OUT_OF_ORDER;
        }
        return Experience.OUT_OF_ORDER;
    }
}
