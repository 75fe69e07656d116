package dev.assent.rm.operator;

import dev.assent.settings.SettingsException;
import picocli.CommandLine.Option;

/** Whether a command does what it says, or only says it; what is done has a reason. */
final class OrderOptions {
    @Option(names = "--yes", description = "Does it.")
    private boolean yes;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the audit log. Demanded with --yes.")
    private String reason = "";

    boolean isGiven() {
        return yes;
    }

    /** For the audit log. */
    String reason() throws SettingsException {
        if (yes && reason.isBlank()) {
            throw new SettingsException("--reason is missing: it is kept in the audit log with what is done");
        }
        return reason;
    }

    void sayNothingWasChanged(Terminal terminal) {
        terminal.print("nothing was changed; add --yes --reason TEXT to do it");
    }
}
