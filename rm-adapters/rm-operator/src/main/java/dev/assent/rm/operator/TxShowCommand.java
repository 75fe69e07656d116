package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.time.Clock;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.spi.AuditLog;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells all that is known of one transaction. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Tells all that store and databases know of one transaction, and what 'resolve' would do. Changes nothing.",
            "Exit code 0: told; 2: wrong usage; 3: store or database cannot be asked.",
            ""
        })
final class TxShowCommand implements Callable<Integer> {
    private static final int AUDIT_LOOKED_AT = 1_000;

    private final CommandContext surroundings;
    private final Clock clock;

    @Parameters(paramLabel = "ID", description = "A gtrid in hexadecimal, a token, or a gid of pg_prepared_xacts.")
    private String id = "";

    @Mixin
    private final TxOptions options = new TxOptions();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(names = "--width", paramLabel = "COLUMNS", description = "Of the terminal; else COLUMNS, else 100.")
    private @Nullable Integer width;

    @Spec
    private @Nullable CommandSpec spec;

    TxShowCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Terminal terminal = new Terminal(spec, surroundings);
        return options.with(terminal, surroundings, (store, databases) -> show(terminal, store, databases));
    }

    private int show(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, UsageException {
        GlobalTxId transaction = TxOptions.id(id);
        Evidence evidence = new Resolver(store, store.audit(), databases, clock).evidence(transaction);
        Map<String, Object> facts = facts(evidence, store);
        if (json) {
            terminal.print(Json.of(facts));
            return ExitCode.OK;
        }
        facts.forEach((name, value) -> {
            String label = name + " ".repeat(Math.max(1, 14 - name.length()));
            List<?> values = value instanceof List<?> list ? list : List.of(value);
            for (Object each : values) {
                terminal.print(Table.wrap(label, Quoting.shown(String.valueOf(each)), terminal.width(width)));
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
