package dev.assent.shop.demo.parts;

import dev.assent.shop.platform.Kept;
import dev.assent.shop.platform.RunCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Data, logs and configuration of a run.
 *
 * @param isTemporary nobody asked for it, so nobody needs its data once the run is over
 */
public record RunDirectory(Path path, boolean isTemporary) {
    /** Where the programs of PostgreSQL lie, shared by its servers. */
    public static final String PROGRAMS = "postgres";

    private static final String DATA = "data";

    /** Removes programs, data and keys from a temporary directory, some 150 MB; logs and configuration stay. */
    public void shrink() throws IOException {
        if (!isTemporary) {
            return;
        }
        Kept.delete(path.resolve(PROGRAMS));
        Kept.delete(path.resolve(RunCertificates.FOLDER));
        try (Stream<Path> parts = Files.list(path)) {
            for (Path part : parts.toList()) {
                Kept.delete(part.resolve(DATA));
            }
        }
    }
}
