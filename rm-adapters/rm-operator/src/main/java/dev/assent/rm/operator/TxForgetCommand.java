package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.spi.AuditLog;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Forgets a transaction's heuristic outcomes, once somebody has settled what they did. */
@Command(
        name = "forget",
        mixinStandardHelpOptions = true,
        description = {
            "Removes what the store keeps of branches that decided by themselves. Settle the data first: afterwards"
                    + " nobody is told of it any more, but by the audit log.",
            "Without --yes it says what it would do.",
            "Exit code 0: forgotten, or there was nothing; 1: a dry run with something to forget; 2: wrong usage; 3: the"
                    + " store cannot be asked.",
            ""
        })
final class TxForgetCommand implements Callable<Integer> {
    private final CommandContext surroundings;
    private final Clock clock;

    @Parameters(paramLabel = "ID", description = "A gtrid in hexadecimal, a token, or a gid of pg_prepared_xacts.")
    private String id = "";

    @Mixin
    private final TxOptions options = new TxOptions();

    @Option(names = "--yes", description = "Does it.")
    private boolean yes;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the audit log. Demanded with --yes.")
    private String reason = "";

    @Spec
    private @Nullable CommandSpec spec;

    TxForgetCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Terminal terminal = new Terminal(spec, surroundings);
        return options.with(terminal, surroundings, (store, databases) -> forget(terminal, store));
    }

    private int forget(Terminal terminal, CoordinatorZnodes store) throws IOException, UsageException {
        GlobalTxId transaction = TxOptions.id(id);
        String why = TxOptions.reason(yes, reason);
        List<HeuristicLedger.Entry> entries = store.heuristics().of(transaction);
        if (entries.isEmpty()) {
            terminal.print("no branch of it is known to have decided by itself");
            return ExitCode.OK;
        }
        for (HeuristicLedger.Entry entry : entries) {
            String what = "resource " + entry.resource() + ": " + entry.outcome() + " (" + entry.cause() + ")";
            if (yes) {
                keep(store, transaction, why, AuditLog.Entry.INTENDED + ": " + what);
                store.heuristics().forget(entry.branch());
                keep(store, transaction, why, "forgotten: " + what);
            }
            terminal.print((yes ? "forgotten: " : "would forget: ") + Quoting.shown(what));
        }
        if (!yes) {
            terminal.print("nothing was changed; add --yes --reason TEXT to do it");
        }
        return yes ? ExitCode.OK : ExitCode.FOUND;
    }

    private void keep(CoordinatorZnodes store, GlobalTxId transaction, String why, String result) throws IOException {
        store.audit()
                .keep(new AuditLog.Entry(
                        clock.epochMillis(), surroundings.operator(), "forget", transaction.toHex(), why, result));
    }
}
