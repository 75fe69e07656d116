package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How {@code ./assent} becomes a process, in a checkout that is built, with a {@code java} that only says what it was given. */
class LauncherTest {
    @TempDir
    Path home;

    private Path file(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private void built(String module) throws IOException {
        Path path = file(module + "/target/" + Path.of(module).getFileName() + "-0.1.0.jar", "");
        file(
                module + "/target/runtime.classpath",
                path.resolveSibling("library.jar").toString());
    }

    private List<String> launched(String... arguments) throws Exception {
        Path launcher = Files.copy(Path.of("../assent"), home.resolve("assent"), StandardCopyOption.COPY_ATTRIBUTES);
        Path java = file("jdk/bin/java", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        built("demo-shop");
        file("target/assent.built", "");
        List<String> command = new ArrayList<>(List.of("sh", launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().remove("ASSENT_JAVA_OPTS");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    /** A process that has used up its descriptors can still load its classes from jars, which are open. */
    @ParameterizedTest
    @CsvSource({
        "server, coordination-core, dev.assent.coordination.server.Main",
        "relay, outbox-relay, dev.assent.outbox.relay.Main",
    })
    void what_serves_runs_from_jars(String command, String module, String main) throws Exception {
        built(module);

        List<String> said = launched(command, "a file");

        assertThat(said).hasSize(4).startsWith("-cp").endsWith(main, "a file");
        assertThat(said.get(1).split(":"))
                .hasSize(2)
                .allMatch(entry -> entry.startsWith(home.resolve(module).toString()) && entry.endsWith(".jar"));
    }
}
