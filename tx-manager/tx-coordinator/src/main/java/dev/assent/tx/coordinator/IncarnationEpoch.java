package dev.assent.tx.coordinator;

import dev.assent.tx.model.EpochRef;
import dev.assent.tx.spi.EpochRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The incarnation that new transactions of this process are begun under; a lost one is replaced. Thread-safe. */
final class IncarnationEpoch implements HeldEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(IncarnationEpoch.class);
    private static final long RETRY_MILLIS = 500;

    private final EpochRegistry epochs;
    private final Workers workers;
    private final AtomicReference<@Nullable EpochRef> current = new AtomicReference<>();

    IncarnationEpoch(EpochRegistry epochs, Workers workers, EpochRef first) {
        this.epochs = epochs;
        this.workers = workers;
        current.set(first);
    }

    @Override
    public Optional<EpochRef> current() {
        return Optional.ofNullable(current.get());
    }

    @Override
    public boolean isOpen(EpochRef epoch) {
        return epoch.equals(current.get());
    }

    @Override
    public void leave() {
        // Nobody else can go on with an incarnation: it ends with its last transaction.
    }

    @Override
    public boolean awaitLeft(Duration patience) {
        return true;
    }

    @Override
    public List<EpochRef> all() {
        return current().map(List::of).orElse(List.of());
    }

    @Override
    public void sessionLost() {
        if (current.getAndSet(null) != null) {
            renewSoon();
        }
    }

    @Override
    public void over(EpochRef epoch) {
        EpochRef held = current.get();
        if (epoch.equals(held) && current.compareAndSet(held, null)) {
            renewSoon();
        }
    }

    /** With nothing left under it, the epoch needs no fencing by others; else it is theirs to end. */
    @Override
    public void resign(boolean idle) throws IOException {
        EpochRef held = current.getAndSet(null);
        if (idle && held != null) {
            epochs.resign(held);
        }
    }

    private void renewSoon() {
        if (!workers.epochs().execute(this::renew)) {
            LOG.debug("no new incarnation is taken any more");
        }
    }

    private void renew() {
        try {
            EpochRef next = epochs.allot();
            current.set(next);
            LOG.info("this coordinator goes on as incarnation {}", next.key().incarnation());
        } catch (IOException e) {
            LOG.warn("no new incarnation yet: {}", e.getMessage());
            workers.later(RETRY_MILLIS, this::renewSoon);
        }
    }
}
