package dev.assent.rm.operator;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command prints what it found. */
final class OutputOptions {
    @Option(names = "--json", description = "Prints JSON, with nothing cut.")
    private boolean json;

    @Option(names = "--width", paramLabel = "COLUMNS", description = "Of the terminal; else COLUMNS, else 100.")
    private @Nullable Integer width;

    boolean isJson() {
        return json;
    }

    int width(Terminal terminal) {
        return terminal.width(width);
    }
}
