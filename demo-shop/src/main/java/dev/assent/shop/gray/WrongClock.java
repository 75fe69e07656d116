package dev.assent.shop.gray;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The wall clock of one process, to be put forward or back while it runs.
 *
 * @param knobs the directory of files that the library reads
 */
public record WrongClock(Path knobs) {
    /** Compiles the library into {@code directory}; empty where that is not possible. */
    public static Optional<Path> compileInto(Path directory) throws IOException, InterruptedException {
        return Preloaded.compile("wrong-clock", directory);
    }

    /** It is ahead by so much from now on; by nothing: it is right again. */
    public void put(Duration ahead) throws IOException {
        Preloaded.turn(knobs, "ahead_ms", ahead.toMillis());
    }
}
