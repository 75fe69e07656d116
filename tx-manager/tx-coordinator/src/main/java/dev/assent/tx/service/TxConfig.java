package dev.assent.tx.service;

import dev.assent.store.StoreConfig;
import dev.assent.time.Backoff;
import dev.assent.tx.coordinator.CoordinatorSettings;
import java.time.Duration;

/**
 * Settings of a transaction service.
 *
 * @param store how to reach the store of decisions
 * @param timeoutMax no transaction may take longer
 * @param patience how long a commit waits for phase 2 before it answers with what is known
 * @param retries pauses between tellings of one branch
 * @param recovery how often, and how early, other coordinators' leftovers are ended
 * @param limits how much is done at a time
 */
public record TxConfig(
        StoreConfig store,
        Duration timeoutMax,
        Duration patience,
        Backoff retries,
        CoordinatorSettings.Recovery recovery,
        CoordinatorSettings.Limits limits) {

    public TxConfig {
        CoordinatorSettings unused = new CoordinatorSettings(timeoutMax, patience, retries, recovery, limits); // checks
    }

    /** Defaults for services in one data centre. */
    public static TxConfig of(String connectString) {
        return new TxConfig(
                StoreConfig.of(connectString),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                new Backoff(50, 5_000),
                new CoordinatorSettings.Recovery(Duration.ofSeconds(2), Duration.ofSeconds(1)),
                new CoordinatorSettings.Limits(32, 10_000));
    }

    public TxConfig withStore(StoreConfig newStore) {
        return new TxConfig(newStore, timeoutMax, patience, retries, recovery, limits);
    }

    public TxConfig withTimeoutMax(Duration max) {
        return new TxConfig(store, max, patience, retries, recovery, limits);
    }

    public TxConfig withPatience(Duration newPatience) {
        return new TxConfig(store, timeoutMax, newPatience, retries, recovery, limits);
    }

    public TxConfig withRecovery(CoordinatorSettings.Recovery newRecovery) {
        return new TxConfig(store, timeoutMax, patience, retries, newRecovery, limits);
    }

    public TxConfig withLimits(CoordinatorSettings.Limits newLimits) {
        return new TxConfig(store, timeoutMax, patience, retries, recovery, newLimits);
    }

    /** All but where the store is. */
    CoordinatorSettings coordinator() {
        return new CoordinatorSettings(timeoutMax, patience, retries, recovery, limits);
    }
}
