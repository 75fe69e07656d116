package dev.assent.admin.view;

import java.util.List;

/** All shards of the transactions. */
public record Shards(int count, List<Shard> shards) {
    public Shards {
        shards = List.copyOf(shards);
    }
}
