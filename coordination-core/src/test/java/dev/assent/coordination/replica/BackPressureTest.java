package dev.assent.coordination.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import dev.assent.coordination.model.ServerId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator reads when a server begins to take no orders, why, and when that is over. */
class BackPressureTest {
    private static final long MIB = 1 << 20;

    private final LogLines lines = LogLines.of(BackPressure.class);
    private final BackPressure pressure = new BackPressure(new ServerId(3));

    @AfterEach
    void stopListening() {
        lines.close();
    }

    @Test
    void what_lasts_is_told_once_at_its_begin_and_once_at_its_end() {
        for (long millis = 0; millis <= 5_000; millis += 10) {
            pressure.observe(false, true, 40 * MIB, millis);
            assertThat(lines.all()).hasSize(millis < BackPressure.PATIENCE_MILLIS ? 0 : 1);
        }
        pressure.observe(true, false, 0, 5_010);
        pressure.observe(true, false, 0, 5_020);

        assertThat(lines.all())
                .satisfiesExactly(
                        begin -> assertThat(begin).contains("takes no orders: 40 MiB wait for the disk of dataLogDir"),
                        end -> assertThat(end).contains("takes orders again after 5010 ms"));
    }

    @Test
    void what_is_over_soon_is_not_told() {
        for (long millis = 0; millis < 20_000; millis += 10) {
            pressure.observe(millis % 1_000 == 0, true, MIB, millis);
        }

        assertThat(lines.all()).isEmpty();
    }

    @Test
    void a_quorum_that_does_not_keep_up_is_told_apart_from_the_own_disk() {
        pressure.observe(false, false, MIB, 0);
        pressure.observe(false, false, MIB, BackPressure.PATIENCE_MILLIS);

        assertThat(lines.all()).singleElement().asString().contains("too few members are fast enough");
    }
}
