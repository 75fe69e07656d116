package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.text.Json;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.settings.SettingsException;
import dev.assent.store.audit.AuditLog;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what operators did. */
@Command(
        name = "audit",
        description = {"Tells the latest of what operators did by hand, and why.", ""},
        exitCodeList = {"0:told", StoreCommand.EXIT_CANNOT, StoreCommand.EXIT_USAGE})
final class TxAuditCommand extends StoreCommand {
    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "50",
            description = "So many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    TxAuditCommand(CommandContext surroundings) {
        super(surroundings);
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        List<AuditLog.Entry> entries = store.audit().latest(Math.max(1, limit));
        if (json) {
            terminal.print(Json.of(entries.stream().map(TxAuditCommand::json).toList()));
        } else {
            entries.forEach(entry -> terminal.print(Quoting.shown(text(entry))));
        }
        return ExitCode.OK;
    }

    static String text(AuditLog.Entry entry) {
        return Instant.ofEpochMilli(entry.epochMillis()) + " " + entry.operator() + " " + entry.action() + " "
                + entry.subject() + ": " + entry.result() + "; reason: " + entry.reason();
    }

    private static Map<String, Object> json(AuditLog.Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("epochMillis", entry.epochMillis());
        json.put("operator", entry.operator());
        json.put("action", entry.action());
        json.put("subject", entry.subject());
        json.put("reason", entry.reason());
        json.put("result", entry.result());
        return json;
    }
}
