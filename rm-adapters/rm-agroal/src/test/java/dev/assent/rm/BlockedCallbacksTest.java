package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.jdbc.DataSources;
import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.jta.AssentTransactions;
import dev.assent.rm.jta.Participation;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.Shop;
import dev.assent.rm.testing.TwoServices;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.Synchronization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applications' callbacks after completion that do not return.
 *
 * <pre>
 * resources: a coordinator node; a service that begins transactions, and one that joins them with a pool
 * fault:     callbacks of the joining service block, as many as there are threads for them
 * expected:  no connection waits for a callback of another transaction, and none for long for one of its own
 * </pre>
 */
@ExtendWith(PostgresExtension.class)
@Timeout(240)
class BlockedCallbacksTest {
    private static final Duration SOON = Duration.ofSeconds(110);
    private static final int CALLBACK_THREADS = 32;

    private final CountDownLatch release = new CountDownLatch(1);
    private final TwoServices services;
    private final AssentTransactions caller;
    private final AssentTransactions callee;
    private final AgroalDataSource pool;

    BlockedCallbacksTest(PostgresServer server, @TempDir Path directory) throws Exception {
        services = new TwoServices(directory);
        caller = services.caller();
        callee = services.callee();
        pool = DataSources.pool(
                "accounts", server.newDatabase().withAccounts().xa(), callee, PoolLimits.DEFAULT.withConnectionsMax(4));
    }

    @AfterEach
    void close() throws Exception {
        release.countDown();
        services.closeServices();
        pool.close();
        services.close();
    }

    @Test
    void a_connection_goes_back_whatever_callbacks_of_other_transactions_block() throws Exception {
        CountDownLatch blocked = new CountDownLatch(CALLBACK_THREADS);
        for (int transaction = 0; transaction < CALLBACK_THREADS; transaction++) {
            caller.begin();
            try (Participation call = callee.join(caller.token().orElseThrow())) {
                Objects.requireNonNull(callee.getTransaction()).registerSynchronization(blocking(blocked));
                call.leave();
            }
            caller.commit();
        }
        assertThat(blocked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        joinAndWork();
        caller.commit();

        awaitAllBack();
    }

    @Test
    void a_connection_waits_for_the_callbacks_before_it_for_a_while_only() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        caller.begin();
        try (Participation call = callee.join(caller.token().orElseThrow())) {
            callee.registerInterposedSynchronization(blocking(blocked));
            Shop.add(pool, 1);
            call.leave();
        }
        assertThat(pool.getMetrics().activeCount()).isOne();
        caller.commit();
        assertThat(blocked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        awaitAllBack();
    }

    private void joinAndWork() throws Exception {
        caller.begin();
        try (Participation call = callee.join(caller.token().orElseThrow())) {
            Shop.add(pool, 1);
            call.leave();
        }
        assertThat(pool.getMetrics().activeCount()).isOne();
    }

    private void awaitAllBack() {
        long endNanos = System.nanoTime() + SOON.toNanos();
        while (pool.getMetrics().activeCount() > 0 && System.nanoTime() < endNanos) {
            Thread.onSpinWait();
        }
        assertThat(pool.getMetrics().activeCount()).isZero();
    }

    private Synchronization blocking(CountDownLatch reached) {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                reached.countDown();
                try {
                    assertThat(release.await(2, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
