package dev.assent.coordination.server;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Role;
import java.util.Optional;

/**
 * What a server is at one moment.
 *
 * @param standalone whether it is an ensemble of its own
 * @param serving whether clients are served; role, epoch and leader may already be those of the next leader if not
 * @param leader who leads, itself included; empty while looking
 * @param zxid the last transaction applied here
 */
public record ServerStatus(
        ServerId self,
        boolean standalone,
        Role role,
        Epoch epoch,
        Optional<ServerId> leader,
        boolean serving,
        Zxid zxid) {

    public boolean isLeader() {
        return serving && role == Role.LEADING;
    }

    /** ZooKeeper's word for the role. */
    public String mode() {
        if (standalone) {
            return "standalone";
        }
        return switch (role) {
            case LEADING -> "leader";
            case FOLLOWING -> "follower";
            case OBSERVING -> "observer";
            case LOOKING -> "looking";
        };
    }
}
