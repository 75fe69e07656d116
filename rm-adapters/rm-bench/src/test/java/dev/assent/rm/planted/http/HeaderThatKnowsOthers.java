package dev.assent.rm.planted.http;

import com.atomikos.icatch.jta.UserTransactionManager;
import dev.assent.store.StoreConfig;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.store.CoordinatorZnodes;

/** An adapter must work without the libraries of the others, and over any transaction service. */
record HeaderThatKnowsOthers(
        TxConfig config,
        CoordinatorSettings settings,
        RemoteConfig nodes,
        StoreConfig store,
        CoordinatorZnodes contracts,
        UserTransactionManager other) {}
