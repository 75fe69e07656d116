package dev.assent.shop.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds with real processes; many: {@code ./assent torture tcc}. */
class TccTortureIT {
    private static final int ROUNDS = 2;

    @TempDir
    Path directory;

    @Test
    void every_try_is_confirmed_or_cancelled_once_whoever_dies() throws Exception {
        Torture.Result result = Torture.run(directory, System.out, ROUNDS, System.nanoTime(), PlantedBug.NONE);

        assertThat(result.wrongs()).isEmpty();
        assertThat(result.told()).isNotEmpty();
    }
}
