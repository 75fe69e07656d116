package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Carries out the commands of a page, with the JDK that runs the test and artifacts of this build. */
final class Shell {
    private static final long MINUTES_MAX = 10;

    private final Path run;
    private final Path checkout;

    /**
     * A shell.
     *
     * @param run where its logs and the repository are
     */
    Shell(Path run, Path checkout) {
        this.run = run;
        this.checkout = checkout;
    }

    /** What a command has said, on both of its outputs, and its exit code. */
    record Said(String output, int code) {
        /** The last line of its output. */
        String lastLine() {
            return output.lines().reduce("", (earlier, later) -> later);
        }
    }

    /** Where {@link Installed} has put the artifacts of this build. */
    Path repository() {
        return run.resolve("repository");
    }

    /** A command of Maven's, which finds ours in a repository of their own; what others have published is where this build has it. */
    String maven(String command) {
        return command.replaceFirst("\\S*mvnw?", "'" + checkout.resolve("mvnw") + "' --batch-mode")
                + " -Dmaven.repo.local='" + repository() + "' -Dmaven.repo.local.tail='"
                + System.getProperty("assent.repository", "") + "' -Dmaven.repo.local.tail.ignoreAvailability=true";
    }

    /** Waits until the command has ended. */
    Said run(Path directory, String line) throws IOException, InterruptedException {
        Path log = Files.createTempFile(run, "output", ".log");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_") && !name.equals("MAVEN_ARGS"));
        String home = System.getProperty("java.home");
        builder.environment().put("JAVA_HOME", home);
        // What runs for a moment is not worth the second compiler.
        builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().merge("PATH", home + "/bin", (path, bin) -> bin + ":" + path);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES))
                    .as(line + " ends; so far:\n" + Files.readString(log))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Said(Files.readString(log), process.exitValue());
    }
}
