package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.store.ZnodeEpochs;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The incarnation that new transactions of this process are begun under; a lost one is replaced. Thread-safe. */
final class Reign {
    private static final Logger LOG = LoggerFactory.getLogger(Reign.class);
    private static final long RETRY_MILLIS = 500;

    private final ZnodeEpochs epochs;
    private final Workers workers;
    private final AtomicReference<@Nullable EpochRef> current = new AtomicReference<>();

    Reign(ZnodeEpochs epochs, Workers workers, EpochRef first) {
        this.epochs = epochs;
        this.workers = workers;
        current.set(first);
    }

    /** The reigning epoch, or none while the store is away and the last one is lost. */
    Optional<EpochRef> current() {
        return Optional.ofNullable(current.get());
    }

    /** The session is over: whatever reigned will be fenced by somebody. */
    void sessionLost() {
        if (current.getAndSet(null) != null) {
            workers.execute(this::renew);
        }
    }

    /** An epoch was found to be over; does nothing if another one reigns already. */
    void over(EpochKey key) {
        EpochRef reigning = current.get();
        if (reigning != null && reigning.key().equals(key) && current.compareAndSet(reigning, null)) {
            workers.execute(this::renew);
        }
    }

    private void renew() {
        try {
            EpochRef next = epochs.allot();
            current.set(next);
            LOG.info("this coordinator goes on as incarnation {}", next.key().incarnation());
        } catch (IOException e) {
            LOG.warn("no new incarnation yet: {}", e.getMessage());
            workers.later(RETRY_MILLIS, this::renew);
        }
    }
}
