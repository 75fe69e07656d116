package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.tx.spi.AuditLog;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what operators did. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {"Tells the latest of what operators did by hand, and why.", ""})
final class TxAuditCommand implements Callable<Integer> {
    private final CommandContext surroundings;

    @Mixin
    private final TxOptions options = new TxOptions();

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "50",
            description = "So many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    TxAuditCommand(CommandContext surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Terminal terminal = new Terminal(spec, surroundings);
        return options.with(terminal, surroundings, (store, databases) -> audit(terminal, store));
    }

    private int audit(Terminal terminal, CoordinatorZnodes store) throws IOException {
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
