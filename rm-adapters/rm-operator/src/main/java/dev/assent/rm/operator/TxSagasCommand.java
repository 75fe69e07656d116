package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.rm.operator.text.Json;
import dev.assent.saga.SagaArchive;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.saga.model.SagaStatus;
import dev.assent.saga.store.ZnodeSagaLog;
import dev.assent.settings.SettingsException;
import dev.assent.store.SetAside;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists sagas, or tells one with its step log. */
@Command(
        name = "sagas",
        mixinStandardHelpOptions = true,
        description = {
            "Lists sagas that have not ended, or tells one with its step log. Changes nothing: a stuck saga goes on by"
                    + " itself as soon as its compensation succeeds.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:none", StoreCommand.EXIT_CANNOT, StoreCommand.EXIT_USAGE, "4:some"})
final class TxSagasCommand implements Callable<Integer> {
    /** For all that a listing reads. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Looked for first, so that nothing is laid out in a store without sagas. */
    private static final String LOGS = "/assent/sagas/logs";

    private final CommandContext surroundings;

    @Parameters(paramLabel = "ID", arity = "0..1", description = "One saga, with its whole log.")
    private @Nullable String id;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--status",
            split = ",",
            paramLabel = "STATUS",
            description = "Only these: ${COMPLETION-CANDIDATES}. Default: those that have not ended.")
    private final List<SagaStatus> statuses = new ArrayList<>();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    TxSagasCommand(CommandContext surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        Terminal terminal = new Terminal(spec, surroundings);
        try (StoreSession session = StoreSession.open(store.config(surroundings))) {
            if (await(session.exists(LOGS)).isEmpty()) {
                terminal.print("no saga was ever started in this store");
                return ExitCode.OK;
            }
            SagaArchive archive = new SagaArchive(ZnodeSagaLog.open(session, new SetAside()));
            String one = id;
            return one == null ? list(terminal, archive) : show(terminal, archive, one);
        } catch (IOException failed) {
            throw new IOException(Quoting.shown(String.valueOf(failed.getMessage())), failed);
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw new IOException("the store has not answered within " + PATIENCE, silent);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getCause()), failed);
        }
    }

    private int list(Terminal terminal, SagaArchive archive) throws IOException {
        Set<SagaStatus> wanted = statuses.isEmpty()
                ? EnumSet.of(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.STUCK)
                : EnumSet.copyOf(statuses);
        SagaArchive.Listing listing = await(archive.list(wanted));
        if (json) {
            terminal.print(
                    Json.of(listing.sagas().stream().map(TxSagasCommand::json).toList()));
        } else {
            listing.sagas().forEach(saga -> terminal.print(Quoting.shown(text(saga))));
            if (listing.sagas().isEmpty()) {
                terminal.print("no saga waits for anybody");
            }
            if (!listing.isWhole()) {
                terminal.print("only " + SagaArchive.LISTED_MAX + " sagas were looked at");
            }
        }
        return listing.sagas().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
    }

    private static String text(SagaArchive.Summary saga) {
        return saga.status() + "  " + saga.id() + "  " + saga.name() + " " + saga.version() + ", since "
                + Instant.ofEpochMilli(saga.createdMillis()) + ", executed by " + saga.executor()
                + saga.cause().map(cause -> "; turned back: " + cause).orElse("")
                + saga.trouble().map(trouble -> "; fails: " + trouble).orElse("");
    }

    private static Map<String, Object> json(SagaArchive.Summary saga) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", saga.id().text());
        json.put("name", saga.name());
        json.put("version", saga.version());
        json.put("status", saga.status().name());
        json.put("executor", saga.executor());
        json.put("createdMillis", saga.createdMillis());
        json.put("cause", saga.cause().orElse(""));
        json.put("trouble", saga.trouble().orElse(""));
        return json;
    }

    private int show(Terminal terminal, SagaArchive archive, String text) throws IOException, SettingsException {
        SagaId saga;
        try {
            saga = new SagaId(text);
        } catch (IllegalArgumentException wrong) {
            throw new SettingsException(String.valueOf(wrong.getMessage()));
        }
        Optional<SagaRecord> record = await(archive.show(saga));
        if (record.isEmpty()) {
            terminal.print("there is no saga of that id, or not any more");
            return ExitCode.OK;
        }
        SagaRecord found = record.get();
        terminal.print(Quoting.shown(found.progress().status() + "  " + saga + "  "
                + found.header().name() + " " + found.header().version() + ", stages "
                + found.header().shape()));
        found.entries().forEach(entry -> terminal.print("  " + Quoting.shown(String.valueOf(entry))));
        return ExitCode.FOUND;
    }
}
