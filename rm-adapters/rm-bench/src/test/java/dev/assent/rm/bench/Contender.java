package dev.assent.rm.bench;

import java.util.List;

/** One way to make two branches one transaction, or to commit one alone. Serves all threads of a worker. */
interface Contender extends AutoCloseable {

    /** Runs the branches' work with {@code id} in one transaction, and returns when it has committed in all. */
    void transact(List<PinnedBranch> branches, long id) throws Exception;

    @Override
    void close();
}
