package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.command.Version;
import dev.assent.rm.operator.doctor.DatabaseAddress;
import dev.assent.rm.operator.doctor.Diagnosis;
import dev.assent.rm.operator.doctor.DiagnosisText;
import dev.assent.rm.operator.doctor.Finding;
import dev.assent.rm.operator.doctor.Origin;
import dev.assent.rm.operator.doctor.PostgresReading;
import dev.assent.rm.operator.doctor.PreparedEnd;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.doctor.Refusals;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Names what a PostgreSQL holds prepared; ends one of them when told to. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        version = Version.TEXT,
        description = {
            "Names every transaction that a PostgreSQL (12 or newer) holds prepared: who made it, since when, which locks"
                    + " it holds and who waits for them, whether it keeps VACUUM from cleaning up, what is safe to do, and"
                    + " the exact command.",
            "It reads only, with short time-outs, unless --rollback or --commit is given together with --yes.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is prepared; or the one that was to be ended has ended",
            "1:the database cannot be reached, or refuses; the message names the cause",
            "2:wrong usage; nothing was done",
            "4:there are prepared transactions"
        })
final class DoctorCommand implements Callable<Integer> {
    private final CommandContext surroundings;
    private final Clock clock;

    @Parameters(paramLabel = "URL", description = "jdbc:postgresql://host:port/database; any database of the server.")
    private @Nullable String url;

    @Mixin
    private final DatabaseOptions database = new DatabaseOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--rollback", paramLabel = "GID", description = "Rolls that one back; with --yes.")
    private @Nullable String rollback;

    @Option(names = "--commit", paramLabel = "GID", description = "Commits that one; with --yes.")
    private @Nullable String commit;

    @Option(names = "--yes", description = "Does it. Without: says what would be done.")
    private boolean yes;

    @Option(
            names = "--force",
            description = "Ends a transaction of Assent's all the same. It may contradict what was decided: use"
                    + " 'assent tx resolve' while its store is there.")
    private boolean force;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; demanded with --force, and printed.")
    private @Nullable String reason;

    @Spec
    private @Nullable CommandSpec spec;

    DoctorCommand(CommandContext surroundings, Clock clock) {
        this.surroundings = surroundings;
        this.clock = clock;
    }

    @Override
    public Integer call() throws SettingsException, IOException {
        Terminal terminal = new Terminal(spec, surroundings);
        DatabaseAddress address = database.address(url == null ? "" : url, surroundings);
        checkOrder();
        Diagnosis diagnosis = diagnosis(address);
        if (rollback != null) {
            return end(terminal, address, diagnosis, PreparedEnd.Way.ROLLBACK, rollback);
        }
        if (commit != null) {
            return end(terminal, address, diagnosis, PreparedEnd.Way.COMMIT, commit);
        }
        DiagnosisText text = new DiagnosisText(diagnosis, address, clock.epochMillis());
        if (output.isJson()) {
            terminal.print(text.json());
        } else {
            terminal.print(text.lines(output.width(terminal)));
        }
        return diagnosis.findings().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private static Diagnosis diagnosis(DatabaseAddress address) throws IOException {
        try (Connection connection = address.readOnly()) {
            return PostgresReading.read(connection);
        } catch (SQLException failed) {
            throw new IOException(Refusals.explain(address, failed), failed);
        }
    }

    private void checkOrder() throws SettingsException {
        if (rollback != null && commit != null) {
            throw new SettingsException("--rollback and --commit at once: give one of them");
        }
        boolean ends = rollback != null || commit != null;
        if (!ends && (yes || force)) {
            throw new SettingsException("--yes and --force go with --rollback GID or --commit GID");
        }
        if (force && (reason == null || reason.isBlank())) {
            throw new SettingsException("--force demands a --reason");
        }
    }

    private int end(Terminal terminal, DatabaseAddress address, Diagnosis diagnosis, PreparedEnd.Way way, String gid)
            throws SettingsException, IOException {
        Optional<Finding> found = diagnosis.findings().stream()
                .filter(finding -> finding.prepared().gid().equals(gid))
                .findFirst();
        if (found.isEmpty()) {
            throw new SettingsException("no transaction is prepared as " + Quoting.shown(gid) + "; nothing was done");
        }
        Optional<String> objection = objection(found.get(), diagnosis);
        if (objection.isPresent()) {
            throw new SettingsException(objection.get());
        }
        if (!yes) {
            terminal.print("would run in " + address.shown() + ": " + Quoting.shown(way.sql(gid)));
            terminal.print("nothing was changed; add --yes to do it");
            return ExitCode.FOUND;
        }
        return carryOut(terminal, address, way, gid);
    }

    private Optional<String> objection(Finding finding, Diagnosis diagnosis) {
        boolean ours = finding.origin() instanceof Origin.Ours || finding.origin() instanceof Origin.OursUnreadable;
        if (ours && !force) {
            return Optional.of("it is Assent's, and its store may have decided otherwise: use ./assent tx resolve "
                    + Quoting.shell(finding.prepared().gid()) + "; if that store is lost for good: --force --reason"
                    + " TEXT. Nothing was done");
        }
        String there = finding.prepared().database();
        return there.equals(diagnosis.server().database())
                ? Optional.empty()
                : Optional.of("it can be ended in its own database only: name " + Quoting.shown(there)
                        + " in the URL. Nothing was done");
    }

    private int carryOut(Terminal terminal, DatabaseAddress address, PreparedEnd.Way way, String gid)
            throws IOException {
        try (Connection connection = address.writing()) {
            boolean ended = PreparedEnd.end(connection, way, gid);
            terminal.print(ended ? "done: " + Quoting.shown(way.sql(gid)) : "somebody else has ended it meanwhile");
            if (force) {
                terminal.print("forced by " + surroundings.operator() + ": " + Quoting.shown(String.valueOf(reason)));
            }
            return ExitCode.OK;
        } catch (SQLException failed) {
            throw new IOException(
                    Refusals.explain(address, failed) + ". If the server was not heard, it may have been done: look"
                            + " again",
                    failed);
        }
    }
}
