package dev.assent.rm.operator;

import picocli.CommandLine.Command;

/** Only the name of its subcommands. */
@Command(
        name = "tx",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at transactions that are stuck, and ends them as they were decided. See docs/operating.md.",
            ""
        })
final class TxCommand {}
