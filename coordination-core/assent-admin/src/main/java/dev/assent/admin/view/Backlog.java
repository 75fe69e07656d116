package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/** What waits in the table. */
public record Backlog(
        Optional<Long> rows,
        Optional<Long> bytes,
        Optional<Long> oldestSeconds,
        Optional<String> problem,
        Instant readAt) {}
