package dev.assent.tx.service;

import dev.assent.time.Clock;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.coordinator.TransactionEngine;
import dev.assent.tx.spi.Acceptors;
import dev.assent.tx.spi.CoordinatorStore;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;

/** Puts a coordinator and its store together. */
final class Engines {
    private Engines() {}

    /**
     * A coordinator over the configured store, at work.
     *
     * @throws TransactionServiceException the store cannot be reached in the configured time; the message names it
     */
    static TransactionEngine start(TxConfig config, Clock clock, TransactionEngine.EpochSource epochs) {
        return start(config, clock, epochs, Acceptors.none());
    }

    /** The same with a way to acceptors. */
    static TransactionEngine start(
            TxConfig config, Clock clock, TransactionEngine.EpochSource epochs, Acceptors acceptors) {
        CoordinatorStore store = open(config, clock);
        try {
            return TransactionEngine.start(store, config.coordinator(), clock, epochs, acceptors);
        } catch (IOException e) {
            store.close();
            throw new TransactionServiceException(
                    "the store at '" + store.name() + "' could not be used: " + e.getMessage(), true, e);
        } catch (RuntimeException unreadable) {
            store.close();
            throw unreadable;
        }
    }

    private static CoordinatorStore open(TxConfig config, Clock clock) {
        try {
            return CoordinatorZnodes.open(config.store(), clock);
        } catch (IOException e) {
            throw new TransactionServiceException(String.valueOf(e.getMessage()), true, e);
        }
    }
}
