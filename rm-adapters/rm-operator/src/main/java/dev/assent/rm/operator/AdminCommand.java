package dev.assent.rm.operator;

import picocli.CommandLine.Command;

/** Only the name of its subcommands. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = {"Who may use the admin API of a process. See docs/security.md.", ""})
final class AdminCommand {}
