package dev.assent.shop.planted.platform;

import dev.assent.tx.model.ShardKey;

/** Knows what its processes are for. */
public record KnowsTheShard(ShardKey shard) {}
