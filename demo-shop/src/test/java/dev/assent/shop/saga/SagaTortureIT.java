package dev.assent.shop.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of {@code ./assent torture saga}, with real processes. */
class SagaTortureIT {
    private static final int ROUNDS = 2;

    @TempDir
    Path directory;

    @Test
    void whoever_is_killed_every_saga_is_completed_or_compensated_in_order() throws Exception {
        SagaTorture.Result result = new SagaTorture(directory, System.out, System.nanoTime()).run(ROUNDS);

        assertThat(result.faults()).isEmpty();
        assertThat(result.started()).as("sagas").isGreaterThan(ROUNDS);
        assertThat(result.reached()).as("blows").isPositive();
        assertThat(result.completed() + result.compensated()).isGreaterThanOrEqualTo(result.started());
    }
}
