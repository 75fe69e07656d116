package dev.assent.tx.coordinator;

import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceManager;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The resources that this process reaches, each with its recovery, by the name that branches carry. Thread-safe. */
final class RegisteredResources {
    private final Map<ResourceName.Hash, ResourceRecovery> all = new ConcurrentHashMap<>();

    Map<ResourceName.Hash, ResourceRecovery> all() {
        return all;
    }

    Optional<ResourceManager> find(ResourceName.Hash hash) {
        return Optional.ofNullable(all.get(hash)).map(ResourceRecovery::resource);
    }

    /** One whose name is known to stand for it: another's list of branches, or table, would be believed wrongly. */
    Optional<ResourceManager> verified(ResourceName.Hash hash) {
        return Optional.ofNullable(all.get(hash))
                .filter(known -> known.claim().objection().isEmpty())
                .map(ResourceRecovery::resource);
    }
}
