package dev.assent.tx.store;

import dev.assent.tx.spi.Leadership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;

/** Roles as ephemeral znodes: whoever created it holds it until its session ends. */
public final class ZnodeLeadership implements Leadership {
    private final StoreSession session;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Watcher watcher = event -> listeners.forEach(Runnable::run);

    public ZnodeLeadership(StoreSession session) {
        this.session = session;
    }

    @Override
    public boolean acquire(String role) throws IOException {
        return acquire(role, "");
    }

    /** A role that somebody holds costs a read, not a write. */
    @Override
    public boolean acquire(String role, String holder) throws IOException {
        String path = StoreLayout.LEADERS + "/" + role;
        Optional<Boolean> held = heldHere(path, role);
        if (held.isPresent()) {
            return held.get();
        }
        try {
            byte[] name = holder.getBytes(StandardCharsets.UTF_8);
            session.await(session.create(path, name, CreateMode.EPHEMERAL), "taking the role " + role);
            return true;
        } catch (StoreException e) {
            if (!e.is(Code.NODEEXISTS)) {
                throw e;
            }
            return heldHere(path, role).orElse(false);
        }
    }

    @Override
    public void release(String role) throws IOException {
        String path = StoreLayout.LEADERS + "/" + role;
        if (!heldHere(path, role).orElse(false)) {
            return;
        }
        try {
            session.await(session.delete(path, -1), "giving up the role " + role);
        } catch (StoreException e) {
            if (!e.is(Code.NONODE)) {
                throw e;
            }
        }
    }

    /** Whether this session holds the role; empty when nobody does. */
    private Optional<Boolean> heldHere(String path, String role) throws IOException {
        try {
            StoreSession.Node node = session.await(session.read(path), "reading who holds the role " + role);
            return Optional.of(node.stat().getEphemeralOwner() == session.sessionId());
        } catch (StoreException e) {
            if (e.is(Code.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void watch() {
        session.watchChildren(StoreLayout.LEADERS, watcher);
    }
}
