package dev.assent.outbox.kafka;

import java.io.Closeable;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** An admin client that is made when it is needed first. Safe for use by many threads. */
final class SharedAdmin implements Closeable {
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final String what;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private Optional<Admin> client = Optional.empty();
    /** Guarded by {@link #lock}. */
    private boolean isClosed;

    /** For one that does {@code what}. */
    SharedAdmin(KafkaSettings settings, String what) {
        this.settings = settings;
        this.what = what;
    }

    /** @throws KafkaException if it cannot be made, or this is closed: nobody would close another one */
    Admin get() {
        synchronized (lock) {
            if (isClosed) {
                throw new KafkaException("the client for " + what + " is closed");
            }
            Admin admin = client.orElseGet(() -> Admin.create(settings.admin(what)));
            client = Optional.of(admin);
            return admin;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            isClosed = true;
            client.ifPresent(admin -> admin.close(CLOSE_MAX));
            client = Optional.empty();
        }
    }
}
