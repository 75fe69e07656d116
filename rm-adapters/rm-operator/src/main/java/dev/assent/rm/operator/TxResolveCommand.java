package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.Resolution;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a transaction's prepared branches as it was decided, and decides ABORT when nothing is. */
@Command(
        name = "resolve",
        mixinStandardHelpOptions = true,
        description = {
            "Ends what the databases given hold prepared of one transaction: as the store has decided; by rolling back"
                    + " when its coordinator's epoch is over without a record; and past its deadline by deciding ABORT"
                    + " first, unless COMMIT is decided before. It cannot contradict a decision.",
            "Without --yes it says what it would do.",
            "Exit code 0: all branches found have ended; 1: something is left, or it was a dry run; 2: wrong usage;"
                    + " 3: store or database cannot be asked.",
            ""
        })
final class TxResolveCommand implements Callable<Integer> {
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

    TxResolveCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Terminal terminal = new Terminal(spec, surroundings);
        return options.with(terminal, surroundings, (store, databases) -> resolve(terminal, store, databases));
    }

    private int resolve(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, UsageException {
        options.requireDatabase();
        GlobalTxId transaction = TxOptions.id(id);
        Resolver.Order order = new Resolver.Order(surroundings.operator(), "resolve", TxOptions.reason(yes, reason));
        Resolver resolver = new Resolver(store, store.audit(), databases, clock);
        Evidence evidence = resolver.evidence(transaction);
        Resolution resolution = ResolutionRule.conclude(evidence);
        if (!yes) {
            terminal.print(Quoting.shown(ResolutionText.would(resolution)));
            evidence.held()
                    .forEach(branch -> terminal.print(
                            "  prepared in " + Quoting.shown(branch.database()) + ": " + Quoting.shown(branch.gid())));
            terminal.print("nothing was changed; add --yes --reason TEXT to do it");
            return ExitCode.FOUND;
        }
        boolean complete = resolver.carryOut(evidence, resolution, order, line -> terminal.print(Quoting.shown(line)));
        return complete ? ExitCode.OK : ExitCode.FOUND;
    }
}
