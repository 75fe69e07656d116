package dev.assent.outbox.kafka;

import java.io.Closeable;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/** An admin client that is made when it is needed first. Safe for use by many threads. */
final class SharedAdmin implements Closeable {
    private static final Duration CLOSE_MAX = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final String what;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}. */
    private Optional<Admin> client = Optional.empty();

    /** For one that does {@code what}. */
    SharedAdmin(KafkaSettings settings, String what) {
        this.settings = settings;
        this.what = what;
    }

    /** @throws org.apache.kafka.common.KafkaException if it cannot be made */
    Admin get() {
        synchronized (lock) {
            Admin admin = client.orElseGet(() -> Admin.create(settings.admin(what)));
            client = Optional.of(admin);
            return admin;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            client.ifPresent(admin -> admin.close(CLOSE_MAX));
            client = Optional.empty();
        }
    }
}
