package dev.assent.admin.view;

import java.util.Optional;

/** A shard that this instance serves. */
public record OutboxShard(
        int shard,
        long epoch,
        String state,
        long published,
        long refusals,
        long heldKeys,
        long heldRows,
        Optional<String> lastProblem) {}
