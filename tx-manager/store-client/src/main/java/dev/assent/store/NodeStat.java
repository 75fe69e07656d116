package dev.assent.store;

import org.apache.zookeeper.data.Stat;

/**
 * What the store knows of a znode besides its data.
 *
 * @param createdZxid the write that made it, which tells it apart from one of the same path made later
 * @param modifiedZxid the last write of its data
 * @param childrenZxid the last write that made or removed a child
 * @param version how often its data has been written since it was made
 * @param children how many it has
 * @param owner the session that it goes with; 0 for one that stays
 */
public record NodeStat(long createdZxid, long modifiedZxid, long childrenZxid, int version, int children, long owner) {
    static NodeStat of(Stat stat) {
        return new NodeStat(
                stat.getCzxid(),
                stat.getMzxid(),
                stat.getPzxid(),
                stat.getVersion(),
                stat.getNumChildren(),
                stat.getEphemeralOwner());
    }
}
