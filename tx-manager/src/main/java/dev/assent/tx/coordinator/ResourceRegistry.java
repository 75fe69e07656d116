package dev.assent.tx.coordinator;

import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.ResourceManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The resources this process can recover, by the hash that branches carry. Thread-safe. */
public final class ResourceRegistry {
    private final Map<ResourceName.Hash, ResourceManager> byHash = new ConcurrentHashMap<>();

    /** Replaces an earlier one of the same name. */
    public void put(ResourceManager resource) {
        byHash.put(new ResourceName(resource.name()).hash(), resource);
    }

    public Optional<ResourceManager> find(ResourceName.Hash hash) {
        return Optional.ofNullable(byHash.get(hash));
    }

    public List<ResourceManager> all() {
        return List.copyOf(byHash.values());
    }
}
