package dev.assent.store.lease;

/**
 * How a member takes part.
 *
 * @param member its name, unique among the live ones; a znode's name without spaces
 * @param weight its share in proportion to the others'; 0 takes what nobody else can
 * @param shards how many there are, the same for all members
 */
public record Membership(String member, int weight, int shards) {
    public Membership {
        if (!member.matches("[^/\\s]{1,128}")) {
            throw new IllegalArgumentException(
                    "a member is named by 1 to 128 characters without slash and space, not \"" + member + "\"");
        }
        if (weight < 0 || weight > Member.WEIGHT_MAX) {
            throw new IllegalArgumentException("weight " + weight + " is outside 0.." + Member.WEIGHT_MAX);
        }
        if (shards < 1 || shards > Member.SHARDS_MAX) {
            throw new IllegalArgumentException(shards + " shards are outside 1.." + Member.SHARDS_MAX);
        }
    }
}
