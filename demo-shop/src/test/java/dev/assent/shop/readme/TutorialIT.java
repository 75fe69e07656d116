package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.command.ExitCode;
import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.platform.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/tutorial.md}, followed word for word in an empty directory: only ports are others, and artifacts come from this
 * build.
 */
@Timeout(900)
class TutorialIT {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration START = Duration.ofMinutes(3);
    private static final Pattern PORT = Pattern.compile("\\b(?:5432|2181|7400|7402|7480|7500|8081)\\b");
    private static final Pattern ADDRESS = Pattern.compile("`(http://127[^`]*)`");
    private static final Pattern SERVES = Pattern.compile("\\bserv(?:es|ing)\\b");

    private final FreePorts ports = new FreePorts(new Random());
    private final Map<String, String> ownPorts = new HashMap<>();
    private final Deque<ChildProcess> running = new ArrayDeque<>();
    private final Path run;
    private final Path work;
    private final Shell shell;
    private final LauncherScript launcher;
    private CompletableFuture<Shell.Said> drill = new CompletableFuture<>();

    TutorialIT(@TempDir Path run) throws IOException {
        this.run = run;
        work = Files.createDirectory(run.resolve("tutorial"));
        shell = new Shell(run, CHECKOUT);
        launcher = LauncherScript.in(CHECKOUT);
    }

    @AfterEach
    void stop() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    @Test
    void the_tutorial_does_what_it_says() throws Exception {
        String page = ours(Files.readString(CHECKOUT.resolve("docs/tutorial.md")));
        String[] parts = page.split("(?m)^(?=## \\d+\\. )", -1);
        assertThat(parts).hasSize(1 + 10);
        drill = begin(Steps.of(parts[10]));

        for (int number = 1; number < parts.length; number++) {
            for (Steps.Step step : Steps.of(parts[number]).all()) {
                follow(step);
            }
            for (String address : ADDRESS.matcher(parts[number])
                    .results()
                    .map(found -> found.group(1))
                    .toList()) {
                assertThat(status(address)).as(address).isEqualTo(200);
            }
        }
    }

    /** The drill has a system of its own, and waits most of the time: it goes on beside the other steps. */
    private CompletableFuture<Shell.Said> begin(Steps last) throws Exception {
        String line = last.all().stream()
                .filter(Steps.Commands.class::isInstance)
                .flatMap(step -> ((Steps.Commands) step).lines().stream())
                .filter(TutorialIT::isDrill)
                .findFirst()
                .orElseThrow();
        String translated = translated(line);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return shell.run(work, translated);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(line + " was not carried out", e);
                    }
                },
                task -> new Thread(task, "drill").start());
    }

    private static boolean isDrill(String line) {
        return line.startsWith("../assent drill run ");
    }

    /** How long anybody waited is not judged here: the drill runs beside the other steps. */
    private static boolean isLateOnly(Shell.Said said) {
        return said.code() == ExitCode.FOUND
                && said.output().lines().anyMatch(line -> line.startsWith("LATE "))
                && said.output().lines().noneMatch(line -> line.startsWith("VIOLATED "));
    }

    /** Other ports, the same each time they are named. */
    private String ours(String page) {
        return PORT.matcher(page).replaceAll(port -> own(port.group())).replace("../docs/", CHECKOUT + "/docs/");
    }

    private String own(String port) {
        return ownPorts.computeIfAbsent(port, named -> {
            try {
                return Integer.toString(ports.next());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void follow(Steps.Step step) throws Exception {
        if (step instanceof Steps.File file) {
            Path path = work.resolve(file.path());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.content());
        } else if (step instanceof Steps.Commands commands) {
            follow(commands);
        }
    }

    private void follow(Steps.Commands commands) throws Exception {
        if (commands.stopFirst()) {
            running.pop().close();
        }
        for (String line : commands.lines()) {
            if (commands.goOn()) {
                start(line);
            } else if (!isDoneAlready(line)) {
                Shell.Said said = isDrill(line) ? drill.get() : shell.run(work, translated(line));
                if (!(isDrill(line) && isLateOnly(said))) {
                    assertThat(said.code()).as(line + "\n" + said.output()).isEqualTo(commands.exitCode());
                }
                if (line.startsWith("java ") && commands.lastLine().isPresent()) {
                    assertThat(said.lastLine())
                            .as(said.output())
                            .isEqualTo(commands.lastLine().get());
                }
            }
        }
    }

    /** Where to work, and what this build has packaged. */
    private boolean isDoneAlready(String line) throws IOException {
        if (line.startsWith("./mvnw ")) {
            assertThat(Installed.into(shell.repository(), CHECKOUT)).contains("rm-agroal", "outbox-relay");
            return true;
        }
        return List.of("mkdir tutorial", "cd tutorial").contains(line);
    }

    private void start(String line) throws Exception {
        running.push(ChildProcess.start(
                "part-" + running.size(),
                List.of("sh", "-c", "exec " + translated(line)),
                work,
                run.resolve("parts.log"),
                SERVES));
        running.peek().awaitReady(START);
    }

    private String translated(String line) throws Exception {
        if (line.startsWith("../mvnw ")) {
            return shell.maven(line);
        }
        if (!line.startsWith("../assent ")) {
            return line;
        }
        List<String> words = new ArrayList<>(List.of(line.split(" ", -1)).subList(1, line.split(" ", -1).length));
        if (words.equals(List.of("server"))) { // on its usual port
            Path other = Files.writeString(
                    work.resolve("zoo.cfg"), "dataDir=" + work.resolve("assent-data") + "\nclientPort=" + own("2181"));
            words.add(other.toString());
        }
        return launcher.words(words).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    private static int status(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
