package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.Resolver;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Forgets a transaction's heuristic outcomes, once somebody has settled what they did. */
@Command(
        name = "forget",
        description = {
            "Removes what the store keeps of branches that decided by themselves. Settle the data first: afterwards"
                    + " nobody is told of it any more, but by the audit log.",
            "Without --yes it says what it would do.",
            ""
        },
        exitCodeList = {
            "0:forgotten, or there was nothing",
            StoreCommand.EXIT_CANNOT,
            StoreCommand.EXIT_USAGE,
            "4:a dry run with something to forget"
        })
final class TxForgetCommand extends StoreCommand {
    private final Clock clock;

    @Mixin
    private final TransactionArgument id = new TransactionArgument();

    @Mixin
    private final OrderOptions asked = new OrderOptions();

    TxForgetCommand(CommandContext surroundings, Clock clock) {
        super(surroundings);
        this.clock = clock;
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        GlobalTxId transaction = id.transaction();
        String why = asked.reason();
        Resolver resolver = new Resolver(store, store.audit(), databases, clock);
        List<String> known = resolver.forgettable(transaction);
        if (known.isEmpty()) {
            terminal.print("no branch of it is known to have decided by itself");
            return ExitCode.OK;
        }
        if (!asked.isGiven()) {
            known.forEach(what -> terminal.print("would forget: " + Quoting.shown(what)));
            asked.sayNothingWasChanged(terminal);
            return ExitCode.FOUND;
        }
        resolver.forget(transaction, new Resolver.Order(surroundings.operator(), "forget", why))
                .forEach(what -> terminal.print("forgotten: " + Quoting.shown(what)));
        return ExitCode.OK;
    }
}
