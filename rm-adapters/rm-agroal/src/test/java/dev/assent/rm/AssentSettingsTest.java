package dev.assent.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.rm.jdbc.PoolLimits;
import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.PostgresExtension;
import dev.assent.rm.testing.PostgresServer;
import dev.assent.rm.testing.SettableClock;
import dev.assent.tx.api.EmbeddedCoordinators;
import dev.assent.tx.service.TxConfig;
import io.agroal.api.AgroalDataSource;
import jakarta.transaction.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class AssentSettingsTest {

    @Test
    void the_coordinator_gets_time_outs_patience_and_the_recovery_interval() {
        EmbeddedCoordinators.Limits limits = AssentSettings.DEFAULT
                .withTimeoutMax(Duration.ofHours(1))
                .withPatience(Duration.ofSeconds(7))
                .withRecoveryInterval(Duration.ofSeconds(9))
                .limits();

        assertThat(limits.timeoutMax()).isEqualTo(Duration.ofHours(1));
        assertThat(limits.patience()).isEqualTo(Duration.ofSeconds(7));
        assertThat(limits.recoveryInterval()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void the_defaults_are_those_of_the_coordinator() {
        TxConfig config = TxConfig.of("127.0.0.1:1");

        assertThat(AssentSettings.DEFAULT.limits())
                .isEqualTo(new EmbeddedCoordinators.Limits(
                        config.timeoutMax(),
                        config.patience(),
                        config.recovery().interval()));
    }

    @Test
    void transactions_get_the_default_time_out() throws Exception {
        SettableClock behind = new SettableClock();
        AssentSettings quick = AssentSettings.DEFAULT.withDefaultTimeout(Duration.ofMillis(1));
        try (Assent assent = Assent.over(new MemoryTransactionService(behind), quick)) {
            assent.transactions().begin();
            behind.advance(Duration.ofMillis(1));

            assertThat(assent.transactions().getStatus()).isEqualTo(Status.STATUS_MARKED_ROLLBACK);
            assent.transactions().rollback();
        }
    }

    @Test
    void pools_get_the_limits_of_the_settings_unless_they_have_their_own(PostgresServer server) throws Exception {
        AssentSettings small = AssentSettings.DEFAULT.withPool(PoolLimits.DEFAULT.withConnectionsMax(3));
        try (Assent assent = Assent.over(new MemoryTransactionService(), small)) {
            var database = server.newDatabase();

            assertThat(connectionsMax(assent.pool("small", database.xa()))).isEqualTo(3);
            assertThat(connectionsMax(assent.pool("other", database.xa(), 5))).isEqualTo(5);
            assertThat(connectionsMax(assent.pool("own", database.xa(), PoolLimits.DEFAULT)))
                    .isEqualTo(PoolLimits.DEFAULT.connectionsMax());
        }
    }

    private static int connectionsMax(Object pool) {
        return ((AgroalDataSource) pool)
                .getConfiguration()
                .connectionPoolConfiguration()
                .maxSize();
    }

    @Test
    void settings_that_make_no_sense_are_refused_with_their_name() {
        assertThatThrownBy(() -> AssentSettings.DEFAULT.withPatience(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("patience");
        assertThatThrownBy(() -> AssentSettings.DEFAULT.withDefaultTimeout(Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than the longest");
        assertThatThrownBy(() -> PoolLimits.DEFAULT.withDriverBounds(Duration.ZERO, Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("login");
    }
}
