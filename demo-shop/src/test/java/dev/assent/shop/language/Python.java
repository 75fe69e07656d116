package dev.assent.shop.language;

import dev.assent.shop.platform.ChildProcess;
import dev.assent.shop.readme.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The system's own Python, with what Debian packages for it, and the service that the page starts with it. */
final class Python {
    private static final Duration START = Duration.ofMinutes(3);
    private static final String PROGRAM = "/usr/bin/python3";
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private final Page page;
    private final Path checkout;
    private final Path run;

    Python(Page page, Path checkout, Path run) {
        this.page = page;
        this.checkout = checkout;
        this.run = run;
    }

    /** What is missing to run the service, with the remedy; empty if nothing is. */
    static String missing() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder(PROGRAM, "-c", "import grpc, grpc_tools, psycopg2")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = probe.waitFor(3, TimeUnit.MINUTES);
            probe.destroyForcibly();
            return ended && probe.exitValue() == 0
                    ? ""
                    : PROGRAM + " lacks gRPC or Psycopg (on Debian: apt-get install python3-grpcio"
                            + " python3-grpc-tools python3-psycopg2)";
        } catch (IOException none) {
            return "there is no " + PROGRAM;
        }
    }

    /** Carries out that command of the page, in the checkout. */
    void command(String begin) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words(page.command(begin)))
                .directory(checkout.toFile())
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("commands.log").toFile())
                .start();
        if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("'" + begin + "...' failed; what it said is in " + run.resolve("commands.log"));
        }
    }

    /** Starts the service; returns when it serves. */
    ChildProcess service() throws IOException, InterruptedException {
        ChildProcess service = ChildProcess.start(
                "stock",
                words("PYTHONDONTWRITEBYTECODE=1 " + page.command("PYTHONPATH=")),
                checkout,
                run.resolve("stock.log"),
                Pattern.compile("^stock serves on "));
        try {
            service.awaitReady(START);
        } catch (IOException | InterruptedException failed) {
            service.close();
            throw failed;
        }
        return service;
    }

    /** As a shell would split it; env(1) sets the variables, and becomes the program itself. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>(List.of("/usr/bin/env"));
        WORD.matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .forEach(words::add);
        return words;
    }
}
