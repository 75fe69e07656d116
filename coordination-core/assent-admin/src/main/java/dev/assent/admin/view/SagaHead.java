package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/**
 * A saga.
 *
 * @param status RUNNING, COMPENSATING, STUCK, COMPLETED or COMPENSATED
 * @param executor the process that goes on with it, or did last
 * @param cause why it turned back
 * @param trouble which compensation fails again and again, and why
 */
public record SagaHead(
        String id,
        String name,
        int version,
        String status,
        String executor,
        Instant createdAt,
        Optional<String> cause,
        Optional<String> trouble) {}
