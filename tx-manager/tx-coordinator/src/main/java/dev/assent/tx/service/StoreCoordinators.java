package dev.assent.tx.service;

import dev.assent.tx.api.EmbeddedCoordinators;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.coordinator.CoordinatorSettings;

/** What {@link EmbeddedCoordinators#found} finds: {@link EmbeddedTransactionService} by settings that know no store. */
public final class StoreCoordinators implements EmbeddedCoordinators {

    @Override
    public TransactionService start(String coordination, Limits limits) {
        return EmbeddedTransactionService.start(config(coordination, limits));
    }

    static TxConfig config(String coordination, Limits limits) {
        TxConfig config = TxConfig.of(coordination);
        return config.withTimeoutMax(limits.timeoutMax())
                .withPatience(limits.patience())
                .withRecovery(new CoordinatorSettings.Recovery(
                        limits.recoveryInterval(), config.recovery().grace()));
    }
}
