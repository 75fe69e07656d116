package dev.assent.rm.planted.http;

import com.atomikos.icatch.jta.UserTransactionManager;
import dev.assent.store.StoreConfig;
import dev.assent.tx.coordinator.CoordinatorSettings;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.store.CoordinatorZnodes;
import io.agroal.api.AgroalDataSource;
import io.grpc.Channel;
import jakarta.servlet.Filter;
import jakarta.transaction.Transaction;
import org.apache.zookeeper.ZooKeeper;
import org.hibernate.SessionFactory;
import org.postgresql.xa.PGXADataSource;
import org.springframework.context.ApplicationContext;

/** An adapter must work without the libraries of the others, and over any transaction service. */
record HeaderThatKnowsOthers(
        PGXADataSource database,
        AgroalDataSource pool,
        Channel channel,
        SessionFactory sessions,
        ApplicationContext context,
        Filter filter,
        TxConfig config,
        CoordinatorSettings settings,
        RemoteConfig nodes,
        StoreConfig store,
        CoordinatorZnodes contracts,
        ZooKeeper client,
        Transaction transaction,
        UserTransactionManager other) {}
