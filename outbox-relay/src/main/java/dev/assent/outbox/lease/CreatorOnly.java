package dev.assent.outbox.lease;

import java.util.List;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/** With credentials, only their owner may read or change the relays' nodes; the way there stays open to others. */
final class CreatorOnly implements ACLProvider {
    private static final List<ACL> OWNER = List.of(new ACL(ZooDefs.Perms.ALL, new Id("auth", "")));
    private static final List<ACL> EVERYBODY = List.of(new ACL(ZooDefs.Perms.ALL, new Id("world", "anyone")));

    @Override
    public List<ACL> getDefaultAcl() {
        return OWNER;
    }

    @Override
    public List<ACL> getAclForPath(String path) {
        return path.startsWith("/assent/outbox/") ? OWNER : EVERYBODY;
    }
}
