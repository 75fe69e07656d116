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
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Has decided transactions carried out in databases that were not told yet. */
@Command(
        name = "retry",
        description = {
            "Tells the prepared branches in the databases given what their transactions have come to, now instead of at"
                    + " recovery's next pass. Never decides anything: what is undecided is left.",
            "Without --yes it says what it would do.",
            ""
        },
        exitCodeList = {
            "0:all branches found have ended",
            StoreCommand.EXIT_CANNOT,
            StoreCommand.EXIT_USAGE,
            "4:something is left, or it was a dry run"
        })
final class TxRetryCommand extends StoreCommand {
    private final Clock clock;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Only these transactions; default: all found.")
    private final List<String> ids = new ArrayList<>();

    @Mixin
    private final OrderOptions asked = new OrderOptions();

    TxRetryCommand(CommandContext surroundings, Clock clock) {
        super(surroundings);
        this.clock = clock;
    }

    @Override
    int run(Terminal terminal, CoordinatorZnodes store, Databases databases)
            throws IOException, Databases.Failure, SettingsException {
        requireDatabase();
        Resolver.Order order = new Resolver.Order(surroundings.operator(), "retry", asked.reason());
        Resolver resolver = new Resolver(store, store.audit(), databases, clock);
        Set<GlobalTxId> transactions = new LinkedHashSet<>();
        for (String id : ids) {
            transactions.add(TransactionArgument.parse(id));
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
            Resolution resolution = ResolutionRule.withoutDeciding(ResolutionRule.conclude(evidence));
            if (asked.isGiven()) {
                Resolver.Extent extent = resolver.carryOut(
                        evidence, resolution, order, line -> terminal.print("  " + Quoting.shown(line)));
                complete &= extent == Resolver.Extent.ALL;
            } else {
                complete = false;
                terminal.print("  " + Quoting.shown(ResolutionText.would(resolution)));
            }
        }
        if (!asked.isGiven() && !transactions.isEmpty()) {
            asked.sayNothingWasChanged(terminal);
        }
        return complete ? ExitCode.OK : ExitCode.FOUND;
    }
}
