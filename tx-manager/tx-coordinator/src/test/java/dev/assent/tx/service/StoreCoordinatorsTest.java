package dev.assent.tx.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.api.EmbeddedCoordinators;
import dev.assent.tx.coordinator.CoordinatorSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreCoordinatorsTest {
    private static final String STORE = "127.0.0.1:1";

    @Test
    void are_found_where_their_artifact_is() {
        assertThat(EmbeddedCoordinators.found()).isInstanceOf(StoreCoordinators.class);
    }

    @Test
    void a_coordinator_gets_the_limits_and_for_the_rest_its_own_defaults() {
        Duration timeoutMax = Duration.ofHours(1);
        Duration patience = Duration.ofSeconds(7);
        Duration interval = Duration.ofSeconds(9);
        TxConfig defaults = TxConfig.of(STORE);

        assertThat(StoreCoordinators.config(STORE, new EmbeddedCoordinators.Limits(timeoutMax, patience, interval)))
                .isEqualTo(defaults.withTimeoutMax(timeoutMax)
                        .withPatience(patience)
                        .withRecovery(new CoordinatorSettings.Recovery(
                                interval, defaults.recovery().grace())));
    }
}
