package dev.assent.tx.store;

import dev.assent.tx.spi.Leadership;
import java.io.IOException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/** Roles as ephemeral znodes: whoever created it holds it until its session ends. */
public final class ZnodeLeadership implements Leadership {
    private final StoreSession session;

    public ZnodeLeadership(StoreSession session) {
        this.session = session;
    }

    @Override
    public boolean acquire(String role) throws IOException {
        String path = StoreLayout.LEADERS + "/" + role;
        try {
            session.await(session.create(path, new byte[0], CreateMode.EPHEMERAL), "taking the role " + role);
            return true;
        } catch (StoreException e) {
            if (!e.is(Code.NODEEXISTS)) {
                throw e;
            }
        }
        try {
            StoreSession.Node node = session.await(session.read(path), "reading who holds the role " + role);
            return node.stat().getEphemeralOwner() == session.sessionId();
        } catch (StoreException e) {
            if (e.is(Code.NONODE)) {
                return false;
            }
            throw e;
        }
    }
}
