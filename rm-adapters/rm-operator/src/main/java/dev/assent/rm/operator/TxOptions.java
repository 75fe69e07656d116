package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.rm.operator.tx.TransactionIds;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands about transactions have in common, and how they end. */
final class TxOptions {
    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description = "A PostgreSQL database in which to look for branches; may be given several times.")
    private final List<String> urls = new ArrayList<>();

    @Mixin
    private final DatabaseOptions database = new DatabaseOptions();

    /** A command's work once it has what it needs. */
    interface Work {
        int run(CoordinatorZnodes store, Databases databases) throws IOException, Databases.Failure, UsageException;
    }

    /** Opens, works, and closes; whatever fails is told with its remedy. */
    int with(Terminal terminal, CommandContext surroundings, Work work) {
        try {
            List<DatabaseAddress> addresses = new ArrayList<>();
            for (String url : urls) {
                addresses.add(database.address(url, surroundings));
            }
            try (CoordinatorZnodes opened = store.open(surroundings)) {
                return work.run(opened, new Databases(addresses));
            }
        } catch (UsageException wrong) {
            return terminal.complain(String.valueOf(wrong.getMessage()), ExitCode.USAGE);
        } catch (Databases.Failure failed) {
            return terminal.complain(Refusals.explain(failed.address(), failed.refusal()), ExitCode.CANNOT);
        } catch (IOException failed) {
            return terminal.complain(Quoting.shown(String.valueOf(failed.getMessage())), ExitCode.CANNOT);
        }
    }

    /** @throws UsageException no database is given, and without one there is nothing to end */
    void requireDatabase() throws UsageException {
        if (urls.isEmpty()) {
            throw new UsageException("--jdbc is missing: the databases that hold branches of it");
        }
    }

    static GlobalTxId id(String text) throws UsageException {
        try {
            return TransactionIds.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new UsageException(Quoting.shown(text) + ": " + wrong.getMessage());
        }
    }

    static String reason(boolean yes, String reason) throws UsageException {
        if (yes && reason.isBlank()) {
            throw new UsageException("--reason is missing: it is kept in the audit log with what is done");
        }
        return reason;
    }
}
