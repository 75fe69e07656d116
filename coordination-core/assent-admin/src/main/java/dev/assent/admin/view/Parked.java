package dev.assent.admin.view;

import java.time.Instant;

/** A key that waits. */
public record Parked(String key, int shard, long row, int failures, String state, String reason, Instant since) {}
