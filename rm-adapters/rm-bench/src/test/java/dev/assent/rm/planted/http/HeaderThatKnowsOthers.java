package dev.assent.rm.planted.http;

import dev.assent.tx.coordinator.TxConfig;
import io.agroal.api.AgroalDataSource;
import jakarta.servlet.Filter;
import org.hibernate.SessionFactory;
import org.postgresql.xa.PGXADataSource;
import org.springframework.context.ApplicationContext;

/** An adapter must work without the libraries of the others, and over any transaction service. */
record HeaderThatKnowsOthers(
        PGXADataSource database,
        AgroalDataSource pool,
        SessionFactory sessions,
        ApplicationContext context,
        Filter filter,
        TxConfig config) {}
