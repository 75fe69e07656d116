package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.HeldBranch;
import dev.assent.rm.operator.tx.Resolution;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has decided transactions carried out in databases that were not told yet. */
@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = {
            "Tells the prepared branches in the databases given what their transactions have come to, now instead of at"
                    + " recovery's next pass. Never decides anything: what is undecided is left.",
            "Without --yes it says what it would do.",
            "Exit code 0: all branches found have ended; 1: something is left, or it was a dry run; 2: wrong usage;"
                    + " 3: store or database cannot be asked.",
            ""
        })
final class TxRetryCommand implements Callable<Integer> {
    private final CommandContext surroundings;
    private final Clock clock;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Only these transactions; default: all found.")
    private final List<String> ids = new ArrayList<>();

    @Mixin
    private final TxOptions options = new TxOptions();

    @Option(names = "--yes", description = "Does it.")
    private boolean yes;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the audit log. Demanded with --yes.")
    private String reason = "";

    @Spec
    private @Nullable CommandSpec spec;

    TxRetryCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Terminal terminal = new Terminal(spec, surroundings);
        return options.with(terminal, surroundings, (store, databases) -> retry(terminal, store, databases));
    }

    private int retry(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, UsageException {
        options.requireDatabase();
        Resolver.Order order = new Resolver.Order(surroundings.operator(), "retry", TxOptions.reason(yes, reason));
        Resolver resolver = new Resolver(store, store.audit(), databases, clock);
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        for (String id : ids) {
            transactions.add(TxOptions.id(id));
        }
        if (ids.isEmpty()) {
            for (HeldBranch branch : databases.scan(store.cluster())) {
                transactions.add(branch.transaction());
            }
        }
        boolean complete = true;
        for (GlobalTxId transaction : transactions) {
            terminal.print(transaction.toHex());
            Evidence evidence = resolver.evidence(transaction);
            Resolution resolution = withoutDeciding(ResolutionRule.conclude(evidence));
            if (yes) {
                complete &= resolver.carryOut(
                        evidence, resolution, order, line -> terminal.print("  " + Quoting.shown(line)));
            } else {
                complete = false;
                terminal.print("  " + Quoting.shown(ResolutionText.would(resolution)));
            }
        }
        if (!yes && !transactions.isEmpty()) {
            terminal.print("nothing was changed; add --yes --reason TEXT to do it");
        }
        return complete ? ExitCode.OK : ExitCode.FOUND;
    }

    private static Resolution withoutDeciding(Resolution resolution) {
        return resolution instanceof Resolution.DecideAbort
                ? new Resolution.Refuse("nothing is decided yet; 'resolve' decides ABORT")
                : resolution;
    }
}
