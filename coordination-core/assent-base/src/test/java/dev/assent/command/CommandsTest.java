package dev.assent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class CommandsTest {
    private final StringWriter told = new StringWriter();

    @Command(name = "assent sample", mixinStandardHelpOptions = true, version = Version.TEXT)
    private record Sample(Exception failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw failure;
        }
    }

    private int run(Exception failure, String... arguments) {
        CommandLine command = Commands.commandLine(new Sample(failure));
        command.setOut(new PrintWriter(told)).setErr(new PrintWriter(told));
        return command.execute(arguments);
    }

    @Test
    void wrong_settings_and_wrong_usage_are_told_apart_from_what_could_not_be_done() {
        assertThat(run(new SettingsException("x=1: give 2"))).isEqualTo(ExitCode.USAGE);
        assertThat(run(new IOException("the port is taken"))).isEqualTo(ExitCode.CANNOT);
        assertThat(run(new IOException("never"), "--nonsense")).isEqualTo(ExitCode.USAGE);

        assertThat(told.toString())
                .startsWith("assent sample: x=1: give 2\nassent sample: the port is taken\n")
                .contains("Unknown option: '--nonsense'")
                .doesNotContain("\tat ");
    }

    @Test
    void a_bug_of_ours_is_told_with_its_place() {
        assertThat(run(new IllegalStateException("impossible"))).isEqualTo(ExitCode.CANNOT);

        assertThat(told.toString())
                .contains("IllegalStateException: impossible at ")
                .contains("CommandsTest");
    }

    @Test
    void every_command_says_the_same_version() {
        assertThat(run(new IOException("never"), "--version")).isEqualTo(ExitCode.OK);

        assertThat(told.toString()).isEqualTo(Version.TEXT + System.lineSeparator());
    }
}
