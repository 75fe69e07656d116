package dev.assent.rm.spring;

import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.api.TransactionService;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while transactions can be decided; down, with the reason, while no decision can be written. */
final class DecisionHealth implements HealthIndicator {
    /** How long the store may take to answer before it counts as away. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final TransactionService service;

    DecisionHealth(TransactionService service) {
        this.service = service;
    }

    @Override
    public Health health() {
        ServiceStatus status = service.status(PATIENCE);
        Health.Builder health = status.obstacle()
                .map(obstacle -> Health.down().withDetail("obstacle", obstacle))
                .orElseGet(Health::up);
        StatusLines.of(status).forEach((what, told) -> health.withDetail(what, told));
        return health.build();
    }
}
