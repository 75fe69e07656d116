package dev.assent.certs;

import dev.assent.command.Commands;
import dev.assent.command.Version;
import picocli.CommandLine.Command;

/** A small certificate authority on the command line. */
@Command(
        name = "assent certs",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "A small certificate authority, for trying things out and for teams that have none: makes the three files",
            "that every process here needs for TLS. Yours does as well, see docs/security.md for what has to stand in",
            "a certificate.",
            ""
        },
        subcommands = {InitCommand.class, IssueCommand.class, ShowCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; of show: all certificates are valid",
            "1:a file could not be read or written",
            "2:wrong usage, or there is no authority in the directory",
            "4:of show: a certificate has expired, or will soon"
        })
public final class Main {
    private static final String LOGGING = "assent-certs-logback.xml";

    public static void main(String[] arguments) {
        Commands.run(Main::new, LOGGING, arguments);
    }
}
