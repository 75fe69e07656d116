package dev.assent.tx.coordinator;

import dev.assent.tx.lane.NowAndThen;
import dev.assent.tx.model.ResourceName;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the resources of services known in the store, behind those who bring them: whoever says hello must not wait
 * for a store that is away, and a name that is known already costs nothing. Thread-safe; never blocks.
 */
final class Registrations {
    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);
    private static final long RETRY_MILLIS = 1_000;

    private final Register store;
    private final Workers workers;
    private final Set<ResourceName> known = ConcurrentHashMap.newKeySet();
    private final Set<ResourceName> underWay = ConcurrentHashMap.newKeySet();
    private final NowAndThen away = new NowAndThen();

    /** Writes one name into the store, where it may be already. */
    interface Register {
        void register(ResourceName name) throws IOException;
    }

    Registrations(Register store, Workers workers) {
        this.store = store;
        this.workers = workers;
    }

    /** The name is in the store some time soon, whatever that takes, while this process lives. */
    void add(ResourceName name) {
        if (!known.contains(name) && underWay.add(name)) {
            attemptSoon(name);
        }
    }

    private void attemptSoon(ResourceName name) {
        if (!workers.registrations().execute(() -> attempt(name))) {
            underWay.remove(name); // the next hello brings it again
        }
    }

    private void attempt(ResourceName name) {
        try {
            store.register(name);
            known.add(name);
            underWay.remove(name);
        } catch (IOException e) {
            away.say(more -> LOG.warn(
                    "resource '{}' could not be made known in the store yet and will be: {}{}",
                    name.text(),
                    e.getMessage(),
                    more));
            workers.later(RETRY_MILLIS, () -> attemptSoon(name));
        }
    }
}
