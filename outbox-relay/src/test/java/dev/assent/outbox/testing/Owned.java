package dev.assent.outbox.testing;

import dev.assent.outbox.model.ShardLease;
import dev.assent.outbox.spi.OutboxStore.Ownership;
import dev.assent.outbox.spi.OwnershipCheck;
import dev.assent.outbox.spi.Publisher;
import dev.assent.outbox.spi.Publisher.ShardPublisher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Opens publishers of shards; without a word about the database, it gives the shard to nobody else. */
public final class Owned {
    private static final Duration LONG = Duration.ofMinutes(2);

    private Owned() {}

    public static ShardPublisher open(Publisher publisher, ShardLease lease) throws IOException {
        return publisher.open(lease, () -> Ownership.KEPT);
    }

    public static ShardPublisher openInTheEnd(Publisher publisher, ShardLease lease) throws Exception {
        return openInTheEnd(publisher, lease, () -> Ownership.KEPT);
    }

    /** As a worker does, which tries again. */
    public static ShardPublisher openInTheEnd(Publisher publisher, ShardLease lease, OwnershipCheck ownership)
            throws Exception {
        List<ShardPublisher> opened = new ArrayList<>();
        Await.until("the shard is taken over", LONG, () -> {
            try {
                opened.add(publisher.open(lease, ownership));
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return opened.get(0);
    }
}
