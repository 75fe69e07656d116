package dev.assent.rm.bench;

import java.util.List;

/** One way to make two branches one transaction. Serves all threads of a worker. */
interface Contender extends AutoCloseable {

    /** Runs both branches' work with {@code id} in one transaction, and returns when it has committed in both. */
    void transact(List<PinnedBranch> branches, long id) throws Exception;

    @Override
    void close();
}
