package dev.assent.tx.store;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.ShardKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/** Lays the folders out once and reads who this cluster is. */
public final class ZnodeStore {
    private final StoreSession session;

    public ZnodeStore(StoreSession session) {
        this.session = session;
    }

    /**
     * Creates what is missing and returns the cluster's id, drawn by whoever came first.
     *
     * @throws IOException the store did not answer, or does not let this user create {@code /assent}
     */
    public ClusterId prepare() throws IOException {
        for (String folder : StoreLayout.folders()) {
            createIfMissing(folder, new byte[0]);
        }
        createIfMissing(
                StoreLayout.CLUSTER,
                new ClusterId(new SecureRandom().nextLong()).toString().getBytes(StandardCharsets.US_ASCII));
        StoreSession.Node node = session.await(session.syncAndRead(StoreLayout.CLUSTER), "reading the cluster id");
        return ClusterId.parse(new String(node.data(), StandardCharsets.US_ASCII));
    }

    /** Creates the folders of a shard; its garbage collection node last, as it makes the shard visible. */
    public void prepareShard(ShardKey shard) throws IOException {
        createIfMissing(StoreLayout.folder(shard), new byte[0]);
        createIfMissing(StoreLayout.gc(shard), new byte[0]);
        if (shard.authority() == Authority.SHARD_2PC) {
            createIfMissing(StoreLayout.SHARD_EPOCHS + "/" + shard.shard(), new byte[0]);
        }
    }

    /** Makes a resource's name known, so that its hash in records and bquals can be read. */
    public void registerResource(ResourceName name) throws IOException {
        createIfMissing(
                StoreLayout.RMS + "/" + name.text(), name.hash().toString().getBytes(StandardCharsets.US_ASCII));
    }

    private void createIfMissing(String path, byte[] data) throws IOException {
        try {
            session.await(session.create(path, data, CreateMode.PERSISTENT), "creating " + path);
        } catch (StoreException e) {
            if (e.is(Code.NOAUTH)) {
                throw new IOException(
                        path + " cannot be created: the ensemble's ACLs do not allow it to this user;"
                                + " give the credential that owns " + StoreLayout.ROOT,
                        e);
            }
            if (!e.is(Code.NODEEXISTS)) {
                throw e;
            }
        }
    }
}
