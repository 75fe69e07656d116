package dev.assent.rm.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.tcc.Reservations.Goods;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.PostgresServer.Database;
import dev.assent.rm.testing.TwoServices;
import dev.assent.rm.testing.ZooKeeperEnsemble;
import dev.assent.tx.api.EmbeddedCoordinators;
import dev.assent.tx.api.TransactionService;
import jakarta.transaction.SystemException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tries under real coordinators: embedded, which another process takes over from, and nodes. */
@ExtendWith(PostgresExtension.class)
class TccOverCoordinatorsTest {
    private static final EmbeddedCoordinators.Limits LIMITS =
            new EmbeddedCoordinators.Limits(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMillis(200));

    private final Database database;
    private final Reservations reservations;
    private final AtomicBoolean cutOff = new AtomicBoolean();

    TccOverCoordinatorsTest(PostgresServer server) throws SQLException {
        database = server.newDatabase();
        reservations = Reservations.in(database);
    }

    /** The database, as a process sees it that can be cut off from it. */
    private DataSource cuttable() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (cutOff.get()) {
                        throw new SQLException("cut off");
                    }
                    try {
                        return method.invoke(database.plain(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private TccParticipant<Goods> in(TransactionService service, AssentTransactions transactions, DataSource source)
            throws SQLException {
        assertThat(service).isNotNull();
        TccResource resource = TccResource.open("stock-tcc", source);
        TccParticipant<Goods> reserve = reservations.namedIn(resource);
        resource.takePart(transactions);
        return reserve;
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            assertThat(never.await(20, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void what_a_process_has_tried_and_cannot_end_another_one_ends(@TempDir Path directory) throws Exception {
        ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(directory);
        try {
            TransactionService first = EmbeddedCoordinators.found().start(ensemble.connect(), LIMITS);
            AssentTransactions transactions = new AssentTransactions(first);
            TccParticipant<Goods> reserve = in(first, transactions, cuttable());
            transactions.begin();
            reserve.attempt(new Goods(UUID.randomUUID(), 1));
            reserve.attempt(new Goods(UUID.randomUUID(), 2));
            cutOff.set(true);
            commitWithoutItsDatabase(transactions);
            cutOff.set(false);
            transactions.begin();
            reserve.attempt(new Goods(UUID.randomUUID(), 3));
            cutOff.set(true);
            first.close();
            assertThat(reservations.cancelled()).isZero();

            try (TransactionService second = EmbeddedCoordinators.found().start(ensemble.connect(), LIMITS)) {
                TccParticipant<Goods> unused = in(second, new AssentTransactions(second), database.plain());
                await(() -> reservations.confirmed() == 2 && reservations.cancelled() == 1);
            }
        } finally {
            ensemble.close();
        }
    }

    /** The decision is in the store; whether the caller hears of it before its patience is over is not the point. */
    private static void commitWithoutItsDatabase(AssentTransactions transactions) throws Exception {
        try {
            transactions.commit();
        } catch (SystemException patienceIsOver) {
            assertThat(patienceIsOver).isNotNull();
        }
    }

    @Test
    void a_service_that_joined_confirms_and_cancels_as_its_caller_says(@TempDir Path directory) throws Exception {
        try (TwoServices services = new TwoServices(directory)) {
            TccResource resource = Reservations.resource(database.plain());
            TccParticipant<Goods> reserve = reservations.namedIn(resource);
            resource.takePart(services.callee());
            for (int round = 0; round < 4; round++) {
                services.caller().begin();
                String token = services.caller().token().orElseThrow();
                try (Participation participation = services.callee().join(token)) {
                    assertThat(participation).isNotNull();
                    reserve.attempt(new Goods(UUID.randomUUID(), round));
                    participation.leave();
                }
                if (round % 2 == 0) {
                    services.caller().commit();
                } else {
                    services.caller().rollback();
                }
            }

            assertThat(reservations.confirmed()).isEqualTo(2);
            assertThat(reservations.cancelled()).isEqualTo(2);
        }
    }
}
