package dev.assent.tx.spi;

import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import java.io.IOException;
import java.util.Optional;

/** Which resource each name stands for, the same for all processes. Thread-safe. */
public interface ResourceCatalog {

    /** What became of a claim. */
    sealed interface Claim {

        /** The name stands for this resource, or nobody can tell otherwise. */
        record Agreed() implements Claim {}

        /** The name stands for another resource; the explanation names both, and the remedy. */
        record Refused(String why) implements Claim {}
    }

    /**
     * Claims a name for a resource: the first identity to come stays, until an operator removes it.
     *
     * @param identity empty when the resource cannot tell; then the name is only made known
     */
    Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException;
}
