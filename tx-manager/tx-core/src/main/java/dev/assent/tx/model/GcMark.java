package dev.assent.tx.model;

/** The state of a shard's garbage collection at one moment: it changes with every batch of deleted records. */
public record GcMark(ShardKey shard, int version) {}
