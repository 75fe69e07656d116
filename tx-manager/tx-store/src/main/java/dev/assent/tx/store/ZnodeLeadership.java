package dev.assent.tx.store;

import dev.assent.store.Node;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.store.StoreWatch;
import dev.assent.tx.spi.Leadership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Roles as ephemeral znodes: whoever created it holds it until its session ends. */
public final class ZnodeLeadership implements Leadership {
    private final StoreSession session;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final StoreWatch watch = new StoreWatch(() -> listeners.forEach(Runnable::run));

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
            session.await(session.create(StoreOp.Create.ephemeral(path, name)), "taking the role " + role);
            return true;
        } catch (StoreException e) {
            if (!e.is(StoreCode.NODEEXISTS)) {
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
            if (!e.is(StoreCode.NONODE)) {
                throw e;
            }
        }
    }

    /** Whether this session holds the role; empty when nobody does. */
    private Optional<Boolean> heldHere(String path, String role) throws IOException {
        try {
            Node node = session.await(session.read(path), "reading who holds the role " + role);
            return Optional.of(node.stat().owner() == session.sessionId());
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
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
        CompletableFuture<List<String>> unused = session.children(StoreLayout.LEADERS, watch);
    }
}
