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

    /** This one name could not be compared, though the catalog can be asked: others may well be. */
    final class Unclear extends IOException {
        private static final long serialVersionUID = 1L;

        /** @param why which entry, and what is the matter with it */
        public Unclear(String why) {
            super(why);
        }
    }

    /**
     * Claims a name for a resource: the first identity to come stays, until an operator removes it.
     *
     * @param identity empty when the resource cannot tell; then the name is only made known
     * @throws Unclear this name cannot be compared
     * @throws IOException the catalog cannot be asked
     */
    Claim claim(ResourceName name, Optional<ResourceIdentity> identity) throws IOException;
}
