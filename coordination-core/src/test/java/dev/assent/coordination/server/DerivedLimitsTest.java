package dev.assent.coordination.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Limits that follow from settings, or from what the process has. */
final class DerivedLimitsTest {
    private static final long MIB = 1L << 20;

    @Test
    void a_link_may_be_silent_for_as_long_as_the_sync_limit_says() {
        assertThat(idleMillis(new Timing(2_000, 10, 5))).isEqualTo(10_000);
        assertThat(idleMillis(new Timing(2_000, 20, 15))).isEqualTo(30_000);
        assertThat(idleMillis(new Timing(100, 10, 5))).isEqualTo(2_000);
        assertThat(idleMillis(new Timing(600_000, 10, 10_000))).isEqualTo(Integer.MAX_VALUE);
    }

    private static int idleMillis(Timing timing) {
        return Ensemble.network(ServerConfig.standalone(Path.of("unused"), 0).withTiming(timing))
                .limits()
                .idleMillisMax();
    }

    @Test
    void clients_get_what_descriptors_are_left_beside_the_reserve() {
        assertThat(Descriptors.forClients(1_024, 60)).isEqualTo(1_024 - 60 - Descriptors.RESERVE);
        assertThat(Descriptors.forClients(100, 60)).isEqualTo(Descriptors.CLIENTS_MIN);
        assertThat(Descriptors.forClients(-1, 60)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Descriptors.forClients(Long.MAX_VALUE, 60)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Descriptors.forClients()).isPositive();
    }

    @Test
    void all_shares_together_leave_most_of_a_heap_to_the_tree_and_large_heaps_are_not_given_away() {
        for (long heap = 128 * MIB; heap <= 64_000 * MIB; heap *= 2) {
            MemoryShares shares = MemoryShares.of(heap, 1 << 20);
            long atWorst = 2 * 3 * shares.clientBytesMax() + shares.historyBytesMax() + shares.unwrittenBytesMax();

            assertThat(atWorst).isLessThanOrEqualTo(heap / 2);
            assertThat(shares.clientBytesMax()).isBetween(2 * MIB, 512 * MIB);
            assertThat(shares.linkBytesMax()).isBetween(4 * MIB, 320 * MIB);
        }
    }

    @Test
    void the_largest_frame_always_fits() {
        MemoryShares shares = MemoryShares.of(256 * MIB, 64 << 20);

        assertThat(shares.clientBytesMax()).isEqualTo(128 * MIB);
        assertThat(shares.linkBytesMax()).isGreaterThan(64 * MIB);
    }
}
