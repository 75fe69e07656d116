package dev.assent.coordination.server.config;

import java.nio.file.Path;

/**
 * Where a server keeps its history.
 *
 * @param dataDirectory epochs, snapshots and, in an ensemble, the myid file
 * @param logDirectory the transaction log; ZooKeeper's dataLogDir, by default the data directory
 * @param transactionsPerSnapshot ZooKeeper's snapCount: a snapshot is taken each time so many were applied
 */
public record Storage(Path dataDirectory, Path logDirectory, int transactionsPerSnapshot) {
    public static final int TRANSACTIONS_PER_SNAPSHOT = 100_000;

    public Storage {
        if (transactionsPerSnapshot < 2) {
            throw new IllegalArgumentException("snapCount=" + transactionsPerSnapshot + " is below 2");
        }
    }

    public static Storage in(Path directory) {
        return new Storage(directory, directory, TRANSACTIONS_PER_SNAPSHOT);
    }
}
