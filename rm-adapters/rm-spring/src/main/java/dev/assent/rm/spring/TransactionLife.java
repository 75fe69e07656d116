package dev.assent.rm.spring;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.api.TransactionService;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells at the start what transactions stand on, and sees at the end that nobody waits for a decision that cannot come:
 * it stops first, while requests under way are still given their time, and closes the service at once if nothing can
 * be decided. Their callers then hear that the outcome is not known, and the application ends.
 */
final class TransactionLife implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionLife.class);

    /** How long the service may take to show that it can decide, when the application is told to stop. */
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private final TransactionService service;
    private final AssentTransactions transactions;
    private final Duration defaultTimeout;
    private volatile boolean running;

    TransactionLife(TransactionService service, AssentTransactions transactions, Duration defaultTimeout) {
        this.service = service;
        this.transactions = transactions;
        this.defaultTimeout = defaultTimeout;
    }

    @Override
    public void start() {
        running = true;
        ServiceStatus status = service.status(Duration.ZERO);
        StatusLines.of(status).forEach((what, told) -> LOG.info("transactions, {}: {}", what, told));
        LOG.info(
                "transactions, resources: {}; they take {} s unless told otherwise",
                transactions.resourceNames().isEmpty() ? "none yet" : String.join(", ", transactions.resourceNames()),
                defaultTimeout.toSeconds());
        status.obstacle().ifPresent(obstacle -> LOG.warn("no transaction can be decided now: {}", obstacle));
    }

    @Override
    public void stop() {
        running = false;
        Optional<String> obstacle = service.status(PATIENCE).obstacle();
        if (obstacle.isPresent()) {
            LOG.warn("stopping without waiting for transactions under way, as none can be decided: {}", obstacle.get());
            service.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before anything else stops, as a web server does that lets its requests end. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
