package dev.assent.coordination.net.peer;

import dev.assent.coordination.model.ServerId;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * One member's place in the network of its ensemble.
 *
 * @param cluster the ensemble's name, 1 to {@value #CLUSTER_CHARS_MAX} ASCII characters: members of another one are
 *     refused
 * @param self this member
 * @param members all others that may be linked to, observers included
 * @param bind where this member listens for those with a higher id; port 0 chooses a free one
 * @param addresses where the others listen
 */
public record PeerNetConfig(
        String cluster,
        ServerId self,
        Set<ServerId> members,
        InetSocketAddress bind,
        PeerAddressBook addresses,
        PeerNetLimits limits) {
    static final int CLUSTER_CHARS_MAX = 100;

    public PeerNetConfig {
        members = Set.copyOf(members);
        if (members.contains(self)) {
            throw new IllegalArgumentException(self + " is listed among the other members");
        }
        boolean ascii = cluster.chars().allMatch(c -> c > ' ' && c < 127);
        if (cluster.isEmpty() || cluster.length() > CLUSTER_CHARS_MAX || !ascii) {
            throw new IllegalArgumentException(
                    "cluster name '" + cluster + "' must be 1 to " + CLUSTER_CHARS_MAX + " visible ASCII characters");
        }
    }
}
