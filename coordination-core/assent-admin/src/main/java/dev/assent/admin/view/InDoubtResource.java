package dev.assent.admin.view;

import java.time.Instant;
import java.util.Optional;

/** What the last pass of recovery saw in a resource. */
public record InDoubtResource(
        String resource, int inDoubt, long overdueSeconds, Optional<Instant> passedAt, Optional<String> problem) {}
