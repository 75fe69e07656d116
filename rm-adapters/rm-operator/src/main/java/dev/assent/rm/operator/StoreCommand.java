package dev.assent.rm.operator;

import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.doctor.Refusals;
import dev.assent.rm.operator.tx.Databases;
import dev.assent.settings.SettingsException;
import dev.assent.tx.store.CoordinatorZnodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands about transactions do alike: they reach store and databases, work, and end in the same ways. */
@Command(mixinStandardHelpOptions = true, exitCodeListHeading = "%nExit codes:%n")
abstract class StoreCommand implements Callable<Integer> {
    static final String EXIT_CANNOT = "1:store or database cannot be asked; the message names the cause";
    static final String EXIT_USAGE = "2:wrong usage; nothing was done";

    /** What the command may know of its process. */
    final CommandContext surroundings;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--jdbc",
            paramLabel = "URL",
            description = "A PostgreSQL database in which to look for branches; may be given several times.")
    private final List<String> urls = new ArrayList<>();

    @Mixin
    private final DatabaseOptions database = new DatabaseOptions();

    @Spec
    private @Nullable CommandSpec spec;

    StoreCommand(CommandContext surroundings) {
        this.surroundings = surroundings;
    }

    /** Its work, once it has what it needs; answers with the exit code. */
    abstract int run(Terminal terminal, CoordinatorZnodes opened, Databases databases)
            throws IOException, Databases.Failure, SettingsException;

    /** Opens, works, and closes; whatever fails is told with its remedy. */
    @Override
    public final Integer call() throws IOException, SettingsException {
        Terminal terminal = new Terminal(spec, surroundings);
        List<DatabaseAddress> addresses = new ArrayList<>();
        for (String url : urls) {
            addresses.add(database.address(url, surroundings));
        }
        try (CoordinatorZnodes opened = store.open(surroundings)) {
            return run(terminal, opened, new Databases(addresses));
        } catch (Databases.Failure failed) {
            throw new IOException(Refusals.explain(failed.address(), failed.refusal()), failed);
        } catch (IOException failed) {
            throw new IOException(Quoting.shown(String.valueOf(failed.getMessage())), failed);
        }
    }

    /** @throws SettingsException no database is given, and without one there is nothing to end */
    final void requireDatabase() throws SettingsException {
        if (urls.isEmpty()) {
            throw new SettingsException("--jdbc is missing: the databases that hold branches of it");
        }
    }
}
