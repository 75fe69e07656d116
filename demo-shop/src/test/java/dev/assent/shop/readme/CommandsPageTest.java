package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/cli.md} says what the commands say. */
class CommandsPageTest {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = CHECKOUT.resolve("docs/reference/cli.md");
    private static final Set<String> NOT_PACKAGED = Set.of("bench", "fuzz", "simulate");
    private static final Path MADE = Path.of("target", "cli.md");

    @Test
    void the_page_is_what_the_commands_say_themselves() throws Exception {
        CommandHelp help = new CommandHelp(LauncherScript.in(CHECKOUT));
        String made = help.page();

        Files.writeString(MADE, made);
        assertThat(PAGE)
                .as("copy demo-shop/target/cli.md there, if that is what is meant")
                .hasContent(made);
        assertThat(help.listed())
                .hasSizeGreaterThan(10)
                .allMatch(command -> NOT_PACKAGED.contains(command) || made.contains("\n## assent " + command));
    }
}
