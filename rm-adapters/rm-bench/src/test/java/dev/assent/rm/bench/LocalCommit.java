package dev.assent.rm.bench;

import java.sql.Connection;
import java.util.List;

/** What one database costs without any transaction manager: its own transaction, over the first branch's connection. */
final class LocalCommit implements Contender {

    @Override
    public void transact(List<PinnedBranch> branches, long id) throws Exception {
        PinnedBranch only = branches.get(0);
        Connection connection = only.connection();
        connection.setAutoCommit(false);
        only.work(id);
        connection.commit();
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
