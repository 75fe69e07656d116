package dev.assent.shop.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All nodes once, with real processes and default settings. */
class RollingIT {
    @TempDir
    Path directory;

    @Test
    void a_restart_of_every_node_fails_no_transaction_and_leaves_none_unknown() throws Exception {
        Rolling.Result result = new Rolling(directory, System.out).run(1);

        assertThat(result.committed()).isPositive();
        assertThat(result.failed()).isZero();
        assertThat(result.unknown()).isZero();
        assertThat(result.lies()).isEmpty();
        assertThat(result.prepared()).isZero();
        assertThat(result.spread()).isTrue();
        assertThat(result.stopped()).isTrue();
    }
}
