package dev.assent.tx.store;

import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A znode for each resource: on its first line the hash that branches carry, on its second the identity, once a
 * process has brought one. An operator lets a name go to another resource by deleting its znode.
 */
public final class ZnodeCatalog implements ResourceCatalog {
    private static final int CLAIM_ATTEMPTS_MAX = 20;
    private static final String IDENTITY = "identity ";

    private final StoreSession session;
    private final SetAside aside;

    public ZnodeCatalog(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    @Override
    public Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
        try {
            return claimed(name, identity);
        } catch (StoreException e) {
            if (e.isOfThisRequest()) {
                throw new Unclear(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private Claim claimed(ResourceName name, Optional<ResourceIdentity> identity) throws IOException {
        String path = StoreLayout.resource(name);
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
            Optional<Node> node = read(path);
            if (node.isEmpty()) {
                if (isWritten(session.create(path, format(name, identity)))) {
                    return new Claim.Agreed();
                }
                continue;
            }
            Optional<Claim> claim = compare(name, identity, node.get());
            if (claim.isPresent()) {
                return claim.get();
            }
            byte[] completed = format(name, identity);
            if (isWritten(session.setData(path, completed, node.get().stat().version()))) {
                return new Claim.Agreed();
            }
        }
        throw new Unclear(path + " changes all the time; the resource is registered again later");
    }

    private Optional<Node> read(String path) throws IOException {
        try {
            return Optional.of(session.await(session.syncAndRead(path), "reading what a resource's name stands for"));
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Empty when the znode lacks the identity that is brought. */
    private Optional<Claim> compare(ResourceName name, Optional<ResourceIdentity> identity, Node node) {
        String path = StoreLayout.resource(name);
        String[] lines = new String(node.data(), StandardCharsets.UTF_8).split("\n", -1);
        boolean isKnown = lines.length <= 2 && lines[0].equals(name.hash().toString());
        if (!isKnown || (lines.length == 2 && !lines[1].startsWith(IDENTITY))) {
            String what = "it does not say which resource '" + name.text() + "' is";
            String remedy = "Delete it; the next process that has the resource makes it anew";
            aside.report(path, what, remedy);
            return Optional.of(new Claim.Refused(path + ": " + what + ". " + remedy));
        }
        aside.clear(path);
        if (identity.isEmpty()) {
            return Optional.of(new Claim.Agreed());
        }
        if (lines.length == 1) {
            return Optional.empty();
        }
        String registered = lines[1].substring(IDENTITY.length());
        return Optional.of(
                registered.equals(identity.get().text())
                        ? new Claim.Agreed()
                        : new Claim.Refused(conflict(name, registered, identity.get())));
    }

    private static String conflict(ResourceName name, String registered, ResourceIdentity brought) {
        return "the resource name '" + name.text() + "' stands for another resource: " + registered
                + " is registered, " + brought.text() + " was brought here. Give each resource a name of its own;"
                + " or, if this one replaces the other (a dump restored elsewhere, say) and no branch of the other is"
                + " in doubt, delete " + StoreLayout.resource(name) + " in the store";
    }

    /** The hash is for people and tools, who can look up with it what branches carry. */
    private static byte[] format(ResourceName name, Optional<ResourceIdentity> identity) {
        String text = name.hash()
                + identity.map(known -> "\n" + IDENTITY + known.text()).orElse("");
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean isWritten(CompletableFuture<?> write) throws IOException {
        try {
            session.await(write, "making a resource's name known");
            return true;
        } catch (StoreException e) {
            if (e.is(StoreCode.NODEEXISTS) || e.is(StoreCode.BADVERSION) || e.is(StoreCode.NONODE)) {
                return false;
            }
            throw e;
        }
    }
}
