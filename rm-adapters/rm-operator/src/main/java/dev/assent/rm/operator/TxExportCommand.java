package dev.assent.rm.operator;

import dev.assent.command.ExitCode;
import dev.assent.flight.FlightExport;
import dev.assent.flight.FlightRecording;
import dev.assent.rm.operator.doctor.Quoting;
import dev.assent.settings.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes one file of what coordinators recorded of a transaction. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Makes one file of what coordinators recorded of a transaction that is stuck, or was: for a report, and for",
            "./assent simulate tx --replay. See docs/flight-recorder.md. Changes nothing.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:written",
            "1:a node or a directory cannot be read, or nobody recorded anything of the transaction",
            "2:wrong usage; nothing was done"
        })
final class TxExportCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int FOUND = 200;
    private static final int NOT_THERE = 404;

    private final CommandContext surroundings;

    @Mixin
    private final TransactionArgument id = new TransactionArgument();

    @Option(
            names = "--node",
            paramLabel = "URL",
            description = "A node's admin API, as it told at its start; may be given several times.")
    private final List<String> nodes = new ArrayList<>();

    @Option(
            names = "--flight",
            paramLabel = "DIRECTORY",
            description = "flight.directory of a node, or the recorder's of a service; its process may be dead. May be"
                    + " given several times.")
    private final List<Path> directories = new ArrayList<>();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A token in its first line, for nodes whose admin API asks for one.")
    private @Nullable Path tokenFile;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to; without it, to standard output.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    TxExportCommand(CommandContext surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        String transaction = id.transaction().toHex();
        if (nodes.isEmpty() && directories.isEmpty()) {
            throw new SettingsException("--node or --flight is missing: who may have recorded the transaction");
        }
        FlightExport export = FlightExport.of(transaction);
        for (String node : nodes) {
            add(node, transaction, export);
        }
        for (Path directory : directories) {
            export.addAll(directory);
        }
        if (export.isEmpty()) {
            throw new IOException("nobody asked has recorded transaction " + transaction
                    + ": it ended well some time ago, was begun before the recorder, or by another coordinator");
        }
        Path to = file;
        if (to == null) {
            new Terminal(spec, surroundings).print(export.text().stripTrailing());
        } else {
            Files.writeString(to, export.text());
        }
        return ExitCode.OK;
    }

    private void add(String node, String transaction, FlightExport export) throws IOException, SettingsException {
        HttpResponse<String> response = ask(node, transaction);
        if (response.statusCode() == NOT_THERE) {
            return;
        }
        if (response.statusCode() != FOUND) {
            throw new IOException(node + " answered " + response.statusCode() + ": "
                    + Quoting.shown(response.body().strip()));
        }
        try {
            export.addAll(FlightRecording.of(response.body(), node));
        } catch (IllegalArgumentException foreign) {
            throw new IOException(String.valueOf(foreign.getMessage()), foreign);
        }
    }

    private HttpResponse<String> ask(String node, String transaction) throws IOException, SettingsException {
        try {
            HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(node + "/api/transactions/" + transaction + "/export"))
                    .timeout(PATIENCE);
            Path token = tokenFile;
            if (token != null) {
                request.header("Authorization", "Bearer " + DatabaseOptions.firstLine(token));
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IllegalArgumentException noAddress) {
            throw new SettingsException(
                    "--node " + Quoting.shown(node) + ": give the address that the node told at its start, as"
                            + " http://127.0.0.1:7500",
                    noAddress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException away) {
            throw new IOException("the node at " + Quoting.shown(node) + " does not answer: " + away, away);
        }
    }
}
