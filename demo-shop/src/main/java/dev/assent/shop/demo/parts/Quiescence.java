package dev.assent.shop.demo.parts;

import dev.assent.shop.platform.Pauses;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** Waits until nothing moves any more: every outcome known, no branch prepared, every event delivered. */
public final class Quiescence {
    private static final long LOOK_MILLIS = 200;

    private final CheckoutDriver driver;
    private final CheckoutClient client;
    private final Auditor auditor;

    public Quiescence(CheckoutDriver driver, CheckoutClient client, Auditor auditor) {
        this.driver = driver;
        this.client = client;
        this.auditor = auditor;
    }

    /** Returns when all is at rest, or {@code limit} is over: the audit then shows what is not. */
    public void await(Duration limit) throws InterruptedException, SQLException {
        long giveUpNanos = System.nanoTime() + limit.toNanos();
        while (!isAtRest() && System.nanoTime() < giveUpNanos) {
            Pauses.pause(LOOK_MILLIS);
        }
    }

    private boolean isAtRest() throws InterruptedException, SQLException {
        askAgain();
        boolean still = auditor.inDoubt() == 0 && auditor.underWay() == 0;
        if (still) {
            resolveUnanswered();
        }
        return still && driver.unknown().isEmpty();
    }

    private void askAgain() throws InterruptedException {
        for (Map.Entry<Basket, String> entry : driver.unknown().entrySet()) {
            if (entry.getValue().isEmpty()) {
                continue;
            }
            CheckoutClient.Answer answer = client.ask(entry.getValue());
            if (!(answer instanceof CheckoutClient.Answer.Unknown)) {
                driver.resolved(entry.getKey(), answer instanceof CheckoutClient.Answer.Committed);
            }
        }
    }

    /** A customer whose connection broke has no token: it looks whether its order exists, as nothing moves any more. */
    private void resolveUnanswered() throws SQLException {
        for (Map.Entry<Basket, String> entry : driver.unknown().entrySet()) {
            if (entry.getValue().isEmpty()) {
                driver.resolved(
                        entry.getKey(), auditor.hasCommitted(entry.getKey().orderId()));
            }
        }
    }
}
