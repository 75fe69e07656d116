package dev.assent.tx.store;

import dev.assent.store.Node;
import dev.assent.store.SetAside;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Roles as ephemeral znodes: whoever created it holds it until its session ends. */
public final class ZnodeLeadership implements Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(ZnodeLeadership.class);

    /** What stands in the place of an ephemeral's session in a container. */
    private static final long CONTAINER = Long.MIN_VALUE;

    private final StoreSession session;
    private final SetAside aside;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final StoreWatch watch = new StoreWatch(() -> listeners.forEach(Runnable::run));

    public ZnodeLeadership(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    @Override
    public boolean acquire(String role) throws IOException {
        return acquire(role, "");
    }

    /** A role that somebody holds costs a read, not a write. */
    @Override
    public boolean acquire(String role, String holder) throws IOException {
        String path = StoreLayout.LEADERS + "/" + role;
        Optional<Node> there = holder(path, role);
        if (there.isPresent() && !(isNobodys(there.get()) && isRemoved(path, there.get(), role))) {
            return isOurs(there.get());
        }
        try {
            byte[] name = holder.getBytes(StandardCharsets.UTF_8);
            session.await(session.create(StoreOp.Create.ephemeral(path, name)), "taking the role " + role);
            return true;
        } catch (StoreException e) {
            if (!e.is(StoreCode.NODEEXISTS)) {
                throw e;
            }
            return holder(path, role).map(this::isOurs).orElse(false);
        }
    }

    /** Whoever takes a role does so by an ephemeral znode; another one would keep the role from everybody for ever. */
    private static boolean isNobodys(Node there) {
        long owner = there.stat().owner();
        return owner == 0 || owner == CONTAINER;
    }

    private boolean isRemoved(String path, Node there, String role) throws IOException {
        try {
            session.await(session.delete(path, there.stat().version()), "freeing the role " + role);
            LOG.warn("{} was not ephemeral, so no process held that role and none could take it: it is deleted", path);
            aside.clear(path);
            return true;
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return true;
            }
            if (!e.is(StoreCode.NOTEMPTY) && !e.is(StoreCode.BADVERSION) && !e.is(StoreCode.NOAUTH)) {
                throw e;
            }
            aside.report(
                    path,
                    "it is not ephemeral, so no process holds that role and none can take it (" + e.code() + ")",
                    "Delete it with all below it");
            return false;
        }
    }

    private boolean isOurs(Node there) {
        return there.stat().owner() == session.sessionId();
    }

    @Override
    public void release(String role) throws IOException {
        String path = StoreLayout.LEADERS + "/" + role;
        if (!holder(path, role).map(this::isOurs).orElse(false)) {
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

    private Optional<Node> holder(String path, String role) throws IOException {
        try {
            return Optional.of(session.await(session.read(path), "reading who holds the role " + role));
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
