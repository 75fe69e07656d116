package dev.assent.outbox.relay;

import java.util.List;

/** A glance at one relay instance: the shards it works on, ascending. */
public record RelayStatus(String relay, String instance, List<ShardStatus> shards) {
    public RelayStatus {
        shards = List.copyOf(shards);
    }

    /** Shards that are being served right now, also those where keys wait for their topics. */
    public long serving() {
        return shards.stream().filter(ShardStatus::isServed).count();
    }

    /** Records published by the current workers. */
    public long published() {
        return shards.stream().mapToLong(ShardStatus::published).sum();
    }
}
