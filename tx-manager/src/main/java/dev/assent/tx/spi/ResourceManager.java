package dev.assent.tx.spi;

import dev.assent.tx.model.BranchId;
import java.io.IOException;
import java.util.List;

/**
 * A database or queue that can be asked for the branches it holds prepared, and told how they end, without the
 * process that prepared them.
 */
public interface ResourceManager {

    /** The name branches carry (hashed) in their bqual: the same in every process, 1 to 64 of [A-Za-z0-9._-]. */
    String name();

    /** All branches that the resource holds prepared, whoever made them; the caller picks its own by exact match. */
    List<BranchId> inDoubt() throws IOException;

    /** The way to end a branch found by {@link #inDoubt}, over a connection of its own. */
    Participant recoverer();
}
