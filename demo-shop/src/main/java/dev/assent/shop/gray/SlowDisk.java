package dev.assent.shop.gray;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The disk of one process, to be made slow, full or silent while it runs.
 *
 * @param library the compiled library
 * @param knobs the directory of files that the library reads
 */
public record SlowDisk(Path library, Path knobs) {
    /** What can be done to it; the C source says what each does. */
    public enum Knob {
        STALL,
        FULL,
        SNAPSHOT_MS
    }

    /** Compiles the library into {@code directory}; empty where that is not possible. */
    public static Optional<Path> compileInto(Path directory) throws IOException, InterruptedException {
        return Preloaded.compile("slow-disk", directory);
    }

    /** The words before a command that give it this disk. */
    public List<String> prefix() {
        return Preloaded.prefix(List.of(library), knobs);
    }

    public void set(Knob knob, long value) throws IOException {
        Preloaded.turn(knobs, knob.name().toLowerCase(Locale.ROOT), value);
    }
}
