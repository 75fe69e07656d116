package dev.assent.tx.shards;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The cluster as the store showed it at one moment.
 *
 * @param members by their ids
 * @param shards by their numbers
 */
public record ShardBoard(SortedMap<String, Member> members, SortedMap<Integer, Holding> shards) {

    public ShardBoard {
        members = new TreeMap<>(members);
        shards = new TreeMap<>(shards);
    }

    /**
     * A node that holds its session with the store.
     *
     * @param name what people read
     * @param address {@code host:port} that other nodes reach it at; empty when they cannot
     * @param weight its share of the shards, in proportion to the others'
     * @param leaving whether it takes no shards any more, and hands over those it has
     */
    public record Member(String name, String address, int weight, boolean leaving) {
        /** So much more than the weakest can one node be given. */
        public static final int WEIGHT_MAX = 1_000;

        public Member {
            if (weight < 1 || weight > WEIGHT_MAX) {
                throw new IllegalArgumentException("a node's weight is 1 to " + WEIGHT_MAX + ", not " + weight);
            }
            if (name.indexOf('\n') >= 0 || address.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a node's name and address are one line each");
            }
        }

        public Member inLeave() {
            return new Member(name, address, weight, true);
        }
    }

    /** How a shard came to be held as it is. */
    public enum Cause {
        /** It was free: never led, handed over, or its holder's session had ended. */
        FREE,
        /** Its holder had a session, and seemed dead to another node. */
        SUSPICION
    }

    /**
     * Who holds a shard.
     *
     * @param version of its epoch
     * @param holder a member's id, of now or of before; empty when it is free
     */
    public record Holding(int version, String holder, Cause cause) {}
}
