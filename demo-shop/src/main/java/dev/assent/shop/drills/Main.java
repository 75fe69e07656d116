package dev.assent.shop.drills;

import dev.assent.command.Commands;
import dev.assent.command.Version;
import picocli.CommandLine.Command;

/** The command. */
@Command(
        name = "assent drill",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Rehearses crashes: kills, freezes and cuts off parts of a running system under load, heals it, and checks",
            "that every answer was true, nothing was lost, and nobody waited too long.",
            ""
        },
        subcommands = {ListCommand.class, RunCommand.class})
public final class Main {
    private static final String LOGGING = "dev/assent/shop/gray/logback.xml";

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }
}
