package dev.assent.shop.shipping;

import dev.assent.command.Commands;
import dev.assent.command.ExitCode;
import dev.assent.command.Foreground;
import dev.assent.shop.service.EventKind;
import dev.assent.shop.service.EventPart;
import dev.assent.shop.service.LocalEffect;
import dev.assent.shop.service.LocalTransactions;
import dev.assent.shop.service.ShopEvents;
import dev.assent.shop.service.ShopProperties;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The shipping service's process: no framework, and nothing that could be asked. */
@Command(name = "shipping", description = "Ships what is paid, as it hears from Kafka, until SIGTERM.")
public final class ShippingMain implements Callable<Integer> {
    private static final String LOGGING = "logback.xml";
    private static final String NAME = "shipping";
    private static final int CONNECTIONS = 2;
    private static final Duration WAITS = Duration.ofSeconds(5);

    @Option(names = "--database-url", required = true, description = "JDBC URL of its PostgreSQL database.")
    private String databaseUrl = "";

    @Option(names = "--kafka", required = true, description = "The brokers, host:port,...")
    private String kafka = "";

    @Option(
            names = "--kafka-keystore",
            description = "PEM file, key and certificate, that the brokers are shown. Default: plain text.")
    private String kafkaKeystore = "";

    @Option(names = "--kafka-trust", description = "PEM file with the authorities that brokers are trusted by.")
    private String kafkaTrust = "";

    @Spec
    private @Nullable CommandSpec spec;

    private ShippingMain() {}

    public static void main(String[] arguments) {
        Commands.run(ShippingMain::new, LOGGING, arguments);
    }

    @Override
    public Integer call() throws SQLException, InterruptedException {
        Foreground foreground = new Foreground(spec);
        Flyway.configure()
                .dataSource(databaseUrl, null, null)
                .locations("classpath:dev/assent/shop/shipping/migrations")
                .load()
                .migrate();
        AgroalDataSource database = database(databaseUrl);
        ShopEvents events = new ShopEvents(ShopProperties.consumer(
                NAME, databaseUrl, kafka, new ShopProperties.KafkaFiles(kafkaKeystore, kafkaTrust)));
        events.installInbox(database);
        EventPart consumer = events.consumer(
                List.of(EventKind.ORDERS), new LocalEffect(new LocalTransactions(database), new Shipments()));
        foreground.onEnd(() -> {
            consumer.stop();
            database.close();
        });
        consumer.start();
        foreground.say("shipping serves");
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    /** A pool that gives out no connection of a database that has been restarted since. */
    static AgroalDataSource database(String databaseUrl) throws SQLException {
        return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(CONNECTIONS)
                        .acquisitionTimeout(WAITS)
                        .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout((int) WAITS.toSeconds()))
                        .validateOnBorrow(true)
                        .exceptionSorter(new PostgreSQLExceptionSorter())
                        .connectionFactoryConfiguration(factory -> factory.jdbcUrl(databaseUrl))));
    }
}
