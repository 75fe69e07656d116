package dev.assent.house.planted;

import io.agroal.api.AgroalDataSource;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import jakarta.persistence.EntityManager;
import jakarta.servlet.Filter;
import jakarta.transaction.Transaction;
import org.apache.kafka.clients.producer.Producer;
import org.hibernate.Session;
import org.postgresql.xa.PGXADataSource;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine;

/** Is at home nowhere, and knows one class of each library. */
interface KnowsEveryLibrary {
    AgroalDataSource pool();

    ManagedChannel channel();

    MeterRegistry meters();

    ByteBuf buffer();

    EntityManager entities();

    Filter filter();

    Transaction transaction();

    Producer<String, String> producer();

    Session session();

    PGXADataSource source();

    ApplicationContext context();

    CommandLine command();

    OpenTelemetry telemetry();

    SpanExporter spans();
}
