package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardId;

/** The nodes of one relay: {@code members/<instance>}, {@code shards/<n>/owner} and {@code shards/<n>/epoch}. */
record LeasePaths(String root) {
    static LeasePaths of(String relay) {
        return new LeasePaths("/assent/outbox/" + relay);
    }

    String members() {
        return root + "/members";
    }

    String member(String instance) {
        return members() + "/" + instance;
    }

    String owner(ShardId shard) {
        return root + "/shards/" + shard + "/owner";
    }

    String epoch(ShardId shard) {
        return root + "/shards/" + shard + "/epoch";
    }
}
