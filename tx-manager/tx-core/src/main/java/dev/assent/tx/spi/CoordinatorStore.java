package dev.assent.tx.spi;

import dev.assent.tx.model.ClusterId;

/**
 * All that a coordinator needs of the replicated store, under one connection to it. Thread-safe.
 *
 * <p>Roles and epochs are held by the session with the store: when that is lost they are, and it is told.
 */
public interface CoordinatorStore extends AutoCloseable {

    /** What people know the store by: for messages. */
    String name();

    ClusterId cluster();

    DecisionLog decisions();

    DecisionArchive archive();

    AbsenceBoard board();

    EpochRegistry epochs();

    HeuristicLedger heuristics();

    Leadership leadership();

    ResourceCatalog resources();

    /** The cluster's nodes and shards. */
    ShardTable shards();

    /** How often something was met in the store that is not what it should be, and was left alone. */
    long setAside();

    /** Calls {@code listener} whenever the session is over; the next one is opened by itself. */
    void onSessionLost(Runnable listener);

    /** Ends the session, and what was held by it. */
    @Override
    void close();
}
