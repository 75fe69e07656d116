package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.text.Json;
import dev.assent.rm.operator.text.Table;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.settings.SettingsException;
import dev.assent.store.audit.AuditLog;
import dev.assent.time.Clock;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells all that is known of one transaction. */
@Command(
        name = "show",
        description = {
            "Tells all that store and databases know of one transaction, and what 'resolve' would do. Changes nothing.",
            ""
        },
        exitCodeList = {"0:told", StoreCommand.EXIT_CANNOT, StoreCommand.EXIT_USAGE})
final class TxShowCommand extends StoreCommand {
    private static final int AUDIT_LOOKED_AT = 1_000;

    private final Clock clock;

    @Mixin
    private final TransactionArgument id = new TransactionArgument();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    TxShowCommand(CommandContext surroundings, Clock clock) {
        super(surroundings);
        this.clock = clock;
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        GlobalTxId transaction = id.transaction();
        Evidence evidence = new Resolver(store, store.audit(), databases, clock).evidence(transaction);
        Map<String, Object> facts = facts(evidence, store);
        if (output.isJson()) {
            terminal.print(Json.of(facts));
            return ExitCode.OK;
        }
        facts.forEach((name, value) -> {
            String label = name + " ".repeat(Math.max(1, 14 - name.length()));
            List<?> values = value instanceof List<?> list ? list : List.of(value);
            for (Object each : values) {
                terminal.print(Table.wrap(label, Quoting.shown(String.valueOf(each)), output.width(terminal)));
            }
        });
        return ExitCode.OK;
    }

    private static Map<String, Object> facts(Evidence evidence, CoordinatorZnodes store) throws IOException {
        GlobalTxId transaction = evidence.transaction();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("gtrid", transaction.toHex());
        facts.put("token", TransactionToken.format(transaction));
        facts.put("cluster", transaction.cluster().toString());
        facts.put("authority", transaction.key().authority().name());
        facts.put("shard", transaction.key().shard());
        facts.put("incarnation", transaction.key().incarnation());
        facts.put("epoch", transaction.epoch() + (evidence.isFenced() ? " (over)" : " (live)"));
        facts.put(
                "deadline",
                Instant.ofEpochMilli(transaction.deadlineEpochMillis()).toString());
        facts.put("record", evidence.record().accept(new RecordText()));
        facts.put("decision", store.sight(transaction).text());
        facts.put("prepared", evidence.held().stream().map(TxShowCommand::text).toList());
        List<String> heuristics = new ArrayList<>();
        for (HeuristicLedger.Entry entry : store.heuristics().of(transaction)) {
            heuristics.add("resource " + entry.resource() + ": " + entry.outcome() + " (" + entry.cause() + ")");
        }
        facts.put("heuristic", heuristics);
        facts.put("resolve", ResolutionText.would(ResolutionRule.conclude(evidence)));
        List<String> acts = new ArrayList<>();
        for (AuditLog.Entry entry : store.audit().latest(AUDIT_LOOKED_AT)) {
            if (entry.subject().equals(transaction.toHex())) {
                acts.add(TxAuditCommand.text(entry));
            }
        }
        facts.put("audit", acts);
        return facts;
    }

    private static String text(HeldBranch branch) {
        return "branch " + branch.branch().number() + " of resource "
                + branch.branch().resource() + " in " + branch.database() + " for " + Table.age(branch.seconds()) + ": "
                + branch.gid();
    }

    private static final class RecordText implements RecordRead.Handler<String> {
        @Override
        public String absent(RecordRead.Absent read) {
            return "none";
        }

        @Override
        public String found(RecordRead.Found read) {
            return read.record().decision() + ", branches "
                    + read.record().pending().stream().map(BranchName::number).toList();
        }

        @Override
        public String unreadable(RecordRead.Unreadable read) {
            return "cannot be read: " + read.why();
        }
    }
}
