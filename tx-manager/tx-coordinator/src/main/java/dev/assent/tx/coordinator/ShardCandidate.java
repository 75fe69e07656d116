package dev.assent.tx.coordinator;

import dev.assent.tx.spi.Peers;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * A node that stands for the cluster's shards.
 *
 * @param id its own among the nodes, of this process alone
 * @param name what people and tools read as its name
 * @param shards how many the cluster must have; empty: whatever it has
 * @param weight its share, in proportion to other nodes'
 * @param address {@code host:port} that other nodes reach it at, empty when they cannot; it stands once this is known
 * @param peers who tells whether the others seem alive
 */
public record ShardCandidate(
        String id, String name, OptionalInt shards, int weight, CompletionStage<String> address, Peers peers) {
    /** Of a cluster whose first node was not told another number. */
    public static final int SHARDS_STANDARD = 16;
}
