package dev.assent.outbox.lease;

import dev.assent.outbox.model.ShardEpoch;
import dev.assent.outbox.model.ShardId;
import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.ShardLeases;
import dev.assent.store.StoreSession;
import dev.assent.store.lease.Lease;
import dev.assent.store.lease.LeaseListener;
import dev.assent.store.lease.LeaseTree;
import dev.assent.store.lease.Leases;
import dev.assent.store.lease.Membership;
import dev.assent.store.lease.NumberedEpochs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A relay's shards as leases of the store, under a session of their own that ends with them. */
public final class ZnodeShardLeases implements ShardLeases {
    private static final String ASSENT = "/assent";
    private static final String RELAYS = ASSENT + "/outbox";

    /** All instances of a relay have equal shares. */
    private static final int WEIGHT = 1;

    private final LeaseSettings settings;
    private volatile Optional<Running> running = Optional.empty();

    private record Running(StoreSession session, Leases leases) {}

    public ZnodeShardLeases(LeaseSettings settings) {
        this.settings = settings;
    }

    @Override
    public void start(int shards, Listener listener) throws IOException {
        StoreSession session = StoreSession.open(settings.store());
        try {
            LeaseTree tree = new NumberedEpochs(List.of(ASSENT, RELAYS), RELAYS + "/" + settings.relay());
            Membership membership = new Membership(settings.instance(), WEIGHT, shards);
            running = Optional.of(
                    new Running(session, Leases.start(session, tree, membership, new InOurWords(listener))));
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static final class InOurWords implements LeaseListener {
        private final Listener listener;

        InOurWords(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void granted(Lease lease) {
            listener.granted(inOurWords(lease));
        }

        @Override
        public void revoked(Lease lease, LeaseListener.Revocation why) {
            listener.revoked(
                    inOurWords(lease),
                    switch (why) {
                        case REBALANCED -> ShardLeases.Revocation.REBALANCED;
                        case LOST -> ShardLeases.Revocation.LOST;
                    });
        }

        private static ShardLease inOurWords(Lease lease) {
            return new ShardLease(new ShardId(lease.shard()), new ShardEpoch(lease.epoch()));
        }
    }

    @Override
    public void relinquish(ShardLease lease, ShardEpoch seen) {
        Lease given = new Lease(lease.shard().number(), lease.epoch().number());
        running.ifPresent(now -> now.leases().relinquish(given, seen.number()));
    }

    @Override
    public boolean offer(ShardLease lease) {
        return running.map(now -> now.leases().offer(lease.shard().number())).orElse(false);
    }

    /** Ends the session, and with it all that is left of this instance in the store. */
    @Override
    public void close() throws IOException {
        Optional<Running> last = running;
        if (last.isEmpty()) {
            return;
        }
        try {
            last.get().leases().close();
        } finally {
            last.get().session().close();
        }
    }
}
