package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CongestionTest {
    private final LogLines lines = LogLines.of(Congestion.class);
    private final Congestion congestion = new Congestion();

    @AfterEach
    void stopListening() {
        lines.close();
    }

    private void observe(boolean piledUp, long nowMillis) {
        congestion.observe(piledUp, nowMillis, "requests wait", () -> "7 of them. Is the disk slow?");
    }

    @Test
    void what_has_piled_up_for_long_is_told_once_and_once_more_when_that_is_over() {
        for (long millis = 0; millis <= 5_000; millis += 10) {
            observe(true, millis);
            assertThat(lines.all()).hasSize(millis < Congestion.PATIENCE_MILLIS ? 0 : 1);
        }
        observe(false, 5_010);
        observe(false, 9_000);

        assertThat(lines.all())
                .containsExactly(
                        "requests wait: 7 of them. Is the disk slow?", "requests wait: no longer, after 5010 ms");
    }

    @Test
    void what_piles_up_and_goes_is_not_told() {
        for (long millis = 0; millis < 20_000; millis += 10) {
            observe(millis % 1_000 != 0, millis);
        }

        assertThat(lines.all()).isEmpty();
    }
}
