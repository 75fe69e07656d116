package dev.assent.shop.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Starts child processes. Whoever has to end them gives its own, and so knows each of them from its first moment, not
 * only once it serves.
 */
@FunctionalInterface
public interface Launcher {
    /** As {@link ChildProcess#start}. */
    ChildProcess start(String name, List<String> command, Path directory, Path log, Pattern readyLine)
            throws IOException;
}
