package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Evidence;
import dev.assent.rm.operator.tx.Resolution;
import dev.assent.rm.operator.tx.ResolutionRule;
import dev.assent.rm.operator.tx.ResolutionText;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a transaction's prepared branches as it was decided, and decides ABORT when nothing is. */
@Command(
        name = "resolve",
        description = {
            "Ends what the databases given hold prepared of one transaction: as the store has decided; by rolling back"
                    + " when its coordinator's epoch is over without a record; and past its deadline by deciding ABORT"
                    + " first, unless COMMIT is decided before. It cannot contradict a decision.",
            "Without --yes it says what it would do.",
            ""
        },
        exitCodeList = {
            "0:all branches found have ended",
            StoreCommand.EXIT_CANNOT,
            StoreCommand.EXIT_USAGE,
            "4:something is left, or it was a dry run"
        })
final class TxResolveCommand extends StoreCommand {
    private final Clock clock;

    @Mixin
    private final TransactionArgument id = new TransactionArgument();

    @Mixin
    private final OrderOptions asked = new OrderOptions();

    TxResolveCommand(CommandContext surroundings, Clock clock) {
        super(surroundings);
        this.clock = clock;
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        requireDatabase();
        GlobalTxId transaction = id.transaction();
        Resolver.Order order = new Resolver.Order(surroundings.operator(), "resolve", asked.reason());
        Resolver resolver = new Resolver(store, store.audit(), databases, clock);
        Evidence evidence = resolver.evidence(transaction);
        Resolution resolution = ResolutionRule.conclude(evidence);
        if (!asked.isGiven()) {
            terminal.print(Quoting.shown(ResolutionText.would(resolution)));
            evidence.held()
                    .forEach(branch -> terminal.print(
                            "  prepared in " + Quoting.shown(branch.database()) + ": " + Quoting.shown(branch.gid())));
            asked.sayNothingWasChanged(terminal);
            return ExitCode.FOUND;
        }
        Resolver.Extent extent =
                resolver.carryOut(evidence, resolution, order, line -> terminal.print(Quoting.shown(line)));
        return extent == Resolver.Extent.ALL ? ExitCode.OK : ExitCode.FOUND;
    }
}
