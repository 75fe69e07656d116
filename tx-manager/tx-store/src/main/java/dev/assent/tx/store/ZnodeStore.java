package dev.assent.tx.store;

import dev.assent.store.Deadline;
import dev.assent.store.Node;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.ShardKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays the folders out once and reads who this cluster is. A store that loses a connection meanwhile, as one does that elects
 * a leader, is asked again for as long as it may take to be connected with it.
 */
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
        return cluster();
    }

    /**
     * The cluster's id.
     *
     * @throws IOException the store did not answer, or nobody has used it yet
     */
    ClusterId cluster() throws IOException {
        Node node =
                session.repeat("reading the cluster id", patience(), () -> session.syncAndRead(StoreLayout.CLUSTER));
        try {
            return ClusterId.parse(new String(node.data(), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException damaged) {
            throw new IOException(
                    StoreLayout.CLUSTER + " does not hold the cluster's id (" + damaged.getMessage() + "). All branches"
                            + " carry it: write back what it was, from a backup or from bytes 2 to 9 of any gtrid under "
                            + StoreLayout.TX,
                    damaged);
        }
    }

    /** Creates a shard's mark, and a led shard's epoch. */
    public void prepareShard(ShardKey shard) throws IOException {
        createIfMissing(StoreLayout.gc(shard), new byte[0]);
        switch (shard.authority()) {
            case EMBEDDED_2PC, COMMIT_POINT -> {}
            case SHARD_2PC, PAXOS_3PC -> createIfMissing(StoreLayout.SHARD_EPOCHS + "/" + shard.shard(), new byte[0]);
        }
    }

    /** What creates the folder that an epoch's records go to; for the multi that opens the epoch. */
    List<StoreOp> folders(EpochRef epoch) {
        List<StoreOp> folders = new ArrayList<>();
        folders.add(new StoreOp.Create(StoreLayout.folder(epoch), new byte[0]));
        StoreLayout.buckets(epoch).forEach(bucket -> folders.add(new StoreOp.Create(bucket, new byte[0])));
        return folders;
    }

    private Deadline patience() {
        return Deadline.in(session.config().connectTimeout());
    }

    private void createIfMissing(String path, byte[] data) throws IOException {
        try {
            session.createIfMissing(new StoreOp.Create(path, data), patience());
        } catch (StoreException e) {
            if (e.is(StoreCode.NOAUTH)) {
                throw new IOException(
                        path + " cannot be created: the ensemble's ACLs do not allow it to this user;"
                                + " give the credential that owns " + StoreLayout.ROOT,
                        e);
            }
            throw e;
        }
    }
}
