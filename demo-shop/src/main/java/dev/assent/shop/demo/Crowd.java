package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.Basket;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.ShopDoor;
import dev.assent.shop.demo.parts.ShopDoor.Experience;
import dev.assent.shop.demo.parts.ShopDoor.Visit;
import dev.assent.shop.demo.parts.Tally;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** Customers who shop by themselves, as many as are wanted just now, until they are sent home. Thread-safe. */
final class Crowd implements AutoCloseable {
    static final int CUSTOMERS_MAX = 24;

    private final CheckoutClient client;
    private final Tally tally;
    private final Answers answers;
    private final ShopDoor door;
    private final SplittableRandom random;
    private final Map<Basket, String> unknown = new ConcurrentHashMap<>();
    // Guarded by this.
    private final List<Thread> customers = new ArrayList<>();
    private int wanted;
    private boolean closed;

    Crowd(CheckoutClient client, Tally tally, Answers answers, long seed) {
        this.client = client;
        this.tally = tally;
        this.answers = answers;
        this.random = new SplittableRandom(seed);
        this.door = new ShopDoor(System::nanoTime, random.split());
    }

    /** So many are to shop. */
    synchronized void want(int number) {
        if (number < 0 || number > CUSTOMERS_MAX) {
            throw new IllegalArgumentException("0 to " + CUSTOMERS_MAX + " customers shop, not " + number);
        }
        wanted = number;
        while (customers.size() < number && !closed) {
            int place = customers.size();
            SplittableRandom own = random.split();
            Thread customer = new Thread(() -> shop(place, own), "customer-" + (place + 1));
            customer.setDaemon(true);
            customers.add(customer);
            customer.start();
        }
        notifyAll();
    }

    synchronized int wanted() {
        return wanted;
    }

    /** Blocks while that one is not wanted; false once all are sent home. */
    private synchronized boolean awaitTurn(int place) throws InterruptedException {
        while (place >= wanted && !closed) {
            wait();
        }
        return !closed;
    }

    private void shop(int place, SplittableRandom own) {
        try {
            while (awaitTurn(place)) {
                Optional<Visit> visit = door.enter();
                if (visit.isEmpty()) {
                    return;
                }
                Experience experience = Experience.OUT_OF_ORDER;
                try {
                    experience = checkOut(Basket.draw(own));
                } finally {
                    door.left(visit.get(), experience);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Experience checkOut(Basket basket) throws InterruptedException {
        CheckoutClient.Answer answer = client.checkout(basket);
        answers.heard(basket, answer);
        if (answer instanceof CheckoutClient.Answer.Committed) {
            tally.committed(System.nanoTime());
            return Experience.SERVED;
        }
        if (answer instanceof CheckoutClient.Answer.RolledBack rolledBack) {
            tally.rolledBack(rolledBack.reason());
            return rolledBack.isRefusal() ? Experience.REFUSED : Experience.OUT_OF_ORDER;
        }
        unknown.put(basket, ((CheckoutClient.Answer.Unknown) answer).token());
        tally.unknown();
        return Experience.OUT_OF_ORDER;
    }

    /** Who was told "unknown" asks again; who got no answer at all looks into the book of orders. */
    void askAgain(Auditor auditor) throws InterruptedException, SQLException {
        for (Map.Entry<Basket, String> one : List.copyOf(unknown.entrySet())) {
            Optional<Boolean> committed = ended(one.getKey(), one.getValue(), auditor);
            if (committed.isPresent() && unknown.remove(one.getKey()) != null) {
                tally.resolved(committed.get());
            }
        }
    }

    private Optional<Boolean> ended(Basket basket, String token, Auditor auditor)
            throws InterruptedException, SQLException {
        if (token.isEmpty()) {
            if (auditor.hasCommitted(basket.orderId())) {
                return Optional.of(true);
            }
            return answers.isLongAgo(basket) && auditor.inDoubt() == 0 ? Optional.of(false) : Optional.empty();
        }
        CheckoutClient.Answer answer = client.ask(token);
        return answer instanceof CheckoutClient.Answer.Unknown
                ? Optional.empty()
                : Optional.of(answer instanceof CheckoutClient.Answer.Committed);
    }

    /** Nobody begins a checkout any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        door.goOutOfBusiness();
    }
}
