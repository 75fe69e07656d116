package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.text.Json;
import dev.assent.rm.operator.text.Table;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Listed;
import dev.assent.rm.operator.tx.Listing;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists what waits for somebody. */
@Command(
        name = "list",
        description = {
            "Lists heuristic outcomes, records that cannot be read, branches in doubt (in the databases given by --jdbc),"
                    + " and decisions that are kept longer than callers may ask for them.",
            ""
        },
        exitCodeList = {"0:nothing", StoreCommand.EXIT_CANNOT, StoreCommand.EXIT_USAGE, "4:something"})
final class TxListCommand extends StoreCommand {
    private final Clock clock;

    @Option(
            names = "--kind",
            split = ",",
            paramLabel = "KIND",
            description = "Only these: ${COMPLETION-CANDIDATES}; several with commas. Default: all.")
    private final List<Listed.Kind> kinds = new ArrayList<>();

    @Option(
            names = "--older-than",
            paramLabel = "SECONDS",
            description =
                    "Only those whose deadline passed so long ago. Default: as long as records are kept for callers"
                            + " that ask, 60.")
    private long olderSeconds = DecisionRecord.RETENTION_MILLIS / 1000;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "200",
            description = "Prints at most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TxListCommand(CommandContext surroundings, Clock clock) {
        super(surroundings);
        this.clock = clock;
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        if (olderSeconds < 0 || limit < 1) {
            throw new SettingsException("--older-than is not negative, and --limit is at least 1");
        }
        Set<Listed.Kind> wanted = kinds.isEmpty() ? EnumSet.allOf(Listed.Kind.class) : EnumSet.copyOf(kinds);
        Listing listing =
                new Listing(store, databases, new Listing.Filter(wanted, clock.epochMillis(), olderSeconds * 1000));
        List<Listed> all = listing.read();
        List<Listed> shown = all.subList(0, Math.min(limit, all.size()));
        if (output.isJson()) {
            terminal.print(Json.of(shown.stream().map(TxListCommand::json).toList()));
        } else {
            print(terminal, shown);
            if (shown.size() < all.size() || listing.isCut()) {
                terminal.print((all.size() - shown.size()) + " more"
                        + (listing.isCut() ? ", and only " + Listing.RECORDS_MAX + " records were looked at" : ""));
            }
        }
        return all.isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private void print(Terminal terminal, List<Listed> shown) {
        if (shown.isEmpty()) {
            terminal.print("nothing waits for anybody");
        }
        for (Listed each : shown) {
            String deadline = Instant.ofEpochMilli(each.transaction().deadlineEpochMillis())
                    .toString();
            terminal.print(Table.wrap(
                    "",
                    each.kind() + "  " + Quoting.shown(each.what()) + "; deadline " + deadline,
                    output.width(terminal)));
            terminal.print("  " + each.transaction().toHex());
        }
    }

    private static Map<String, Object> json(Listed each) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", each.kind().name());
        json.put("gtrid", each.transaction().toHex());
        json.put("token", TransactionToken.format(each.transaction()));
        json.put("authority", each.transaction().key().authority().name());
        json.put("shard", each.transaction().key().shard());
        json.put("incarnation", each.transaction().key().incarnation());
        json.put("epoch", each.transaction().epoch());
        json.put("deadlineEpochMillis", each.transaction().deadlineEpochMillis());
        json.put("what", each.what());
        return json;
    }
}
