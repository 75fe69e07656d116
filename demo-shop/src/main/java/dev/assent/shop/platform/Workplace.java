package dev.assent.shop.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a drill keeps its data and its logs: an option that the drills' commands share. */
public final class Workplace {
    @Option(names = "--directory", description = "Data and logs. Default: a new temporary directory.")
    private @Nullable Path directory;

    /**
     * The directory that was asked for, or a new one.
     *
     * @param drill is part of a new one's name
     */
    public Path of(String drill) throws IOException {
        return directory == null ? Files.createTempDirectory("assent-" + drill + "-") : directory;
    }
}
