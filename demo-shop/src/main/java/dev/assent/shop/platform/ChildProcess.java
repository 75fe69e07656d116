package dev.assent.shop.platform;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A process that this one started and ends. Thread-safe. */
public final class ChildProcess implements AutoCloseable {
    private static final int TAIL_LINES = 12;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final List<Path> SETSID = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    private final String name;
    private final Path log;
    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Deque<String> tail = new ArrayDeque<>();

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts {@code command} in a session of its own; its output is appended to {@code log}.
     *
     * <p>A terminal's Ctrl-C goes to every process of its foreground group. In a session of its own a child does not
     * hear it, and ends when the one that started it says so: after those that still use it. Where there is no
     * {@code setsid} all children hear the signal at once, and ending takes longer.
     *
     * @param readyLine a line of output that matches says that the process serves
     */
    public static ChildProcess start(String name, List<String> command, Path directory, Path log, Pattern readyLine)
            throws IOException {
        Process process = new ProcessBuilder(inItsOwnSession(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        ChildProcess child = new ChildProcess(name, log, process);
        Thread reader = new Thread(() -> child.copyOutput(readyLine), "output-of-" + name);
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    /** setsid(1) becomes the program itself, so the pid is the program's. */
    private static List<String> inItsOwnSession(List<String> command) {
        List<String> words = new ArrayList<>(command);
        SETSID.stream().filter(Files::isExecutable).findFirst().ifPresent(setsid -> words.add(0, setsid.toString()));
        return words;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it said that it serves. */
    public boolean isReady() {
        return ready.isDone() && !ready.isCompletedExceptionally();
    }

    /**
     * Blocks until the process said that it serves, and returns the line that said so.
     *
     * @throws IOException it ended before, or did not say so in time; with the end of its output
     */
    public String awaitReady(Duration timeout) throws IOException, InterruptedException {
        try {
            return ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException(name + " was not ready within " + timeout.toSeconds() + " s" + lastLines(), late);
        } catch (ExecutionException ended) {
            throw new IOException(name + " ended before it was ready" + lastLines(), ended.getCause());
        }
    }

    /** The processes that it started, and those that they started. */
    public List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /**
     * Blocks until it has ended, and returns its exit code.
     *
     * @throws IOException it goes on
     */
    public int awaitEnd(Duration timeout) throws IOException, InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(name + " did not end within " + timeout.toSeconds() + " s" + lastLines());
        }
        return process.exitValue();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; SIGKILL if that is not obeyed in time. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void copyOutput(Pattern readyLine) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter out = Files.newBufferedWriter(
                        log, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write(line);
                out.newLine();
                out.flush();
                remember(line);
                if (readyLine.matcher(line).find()) {
                    ready.complete(line);
                }
            }
            ready.completeExceptionally(new IOException("the output ended"));
        } catch (IOException | UncheckedIOException broken) {
            ready.completeExceptionally(broken);
        }
    }

    private void remember(String line) {
        synchronized (tail) {
            tail.addLast(line);
            if (tail.size() > TAIL_LINES) {
                tail.removeFirst();
            }
        }
    }

    private String lastLines() {
        synchronized (tail) {
            return "; its last output (all of it in " + log + "):\n  " + String.join("\n  ", tail);
        }
    }
}
