package dev.assent.shop.drills.system;

import dev.assent.shop.drills.system.SystemDescription.Command;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a description's commands, in the directory of its file. Thread-safe. */
final class Shell {
    /** Of an output that is shown in an error. */
    private static final int SHOWN_CHARS_MAX = 400;

    /** Of an output: an answer is a number or a word. */
    static final int OUTPUT_BYTES_MAX = 64 * 1024;

    private final Path directory;

    Shell(Path directory) {
        this.directory = directory;
    }

    /**
     * What it printed.
     *
     * @throws IOException it failed, or was late and has been killed; with the end of what it printed
     */
    String run(Command command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("assent-drill-", ".out");
        try {
            // Into a file: what it leaves in the background may hold a pipe open for ever.
            Process process = new ProcessBuilder(command.words())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(command.within().toMillis(), TimeUnit.MILLISECONDS)) {
                List<ProcessHandle> below = process.descendants().toList();
                process.destroyForcibly().waitFor();
                below.forEach(ProcessHandle::destroyForcibly);
                throw new IOException(name(command) + " did not end within "
                        + command.within().toMillis() + " ms; give it more with 'within'");
            }
            String printed = printed(output);
            if (process.exitValue() != 0) {
                throw new IOException(name(command) + " ended with " + process.exitValue() + ": " + shown(printed));
            }
            if (Files.size(output) > OUTPUT_BYTES_MAX) {
                throw new IOException(name(command) + " printed more than " + OUTPUT_BYTES_MAX + " bytes");
            }
            return printed;
        } finally {
            Files.delete(output);
        }
    }

    /** The end of it, if it is too long. */
    private static String printed(Path output) throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(output)) {
            file.position(Math.max(0, file.size() - OUTPUT_BYTES_MAX));
            byte[] end = Channels.newInputStream(file).readNBytes(OUTPUT_BYTES_MAX);
            return new String(end, StandardCharsets.UTF_8).strip();
        }
    }

    private static String name(Command command) {
        return "'" + String.join(" ", command.words()) + "'";
    }

    private static String shown(String printed) {
        return printed.length() <= SHOWN_CHARS_MAX
                ? printed
                : "..." + printed.substring(printed.length() - SHOWN_CHARS_MAX);
    }
}
