package dev.assent.saga.store;

import dev.assent.saga.model.Claim;
import dev.assent.saga.model.ProcessId;
import dev.assent.saga.model.SagaEntry;
import dev.assent.saga.model.SagaHeader;
import dev.assent.saga.model.SagaId;
import dev.assent.saga.model.SagaRecord;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Reads whole sagas. What cannot be read is told once, and fails. Thread-safe. */
final class RecordReader {
    private final StoreSession session;
    private final SetAside aside;

    RecordReader(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    /** Empty if the saga is not there. */
    CompletionStage<Optional<SagaRecord>> read(SagaId saga) {
        return Answers.unlessMissing(
                session.syncAndList(SagaLayout.log(saga)).thenCompose(children -> readAll(saga, children)));
    }

    /** The executor before the entries: whoever claims in between is noticed when he is written against. */
    private CompletionStage<SagaRecord> readAll(SagaId saga, List<String> children) {
        List<String> paths = new ArrayList<>(List.of(SagaLayout.log(saga), SagaLayout.executor(saga)));
        children.stream()
                .filter(SagaLayout::isEntry)
                .sorted()
                .forEach(entry -> paths.add(SagaLayout.log(saga) + "/" + entry));
        List<CompletableFuture<Node>> nodes = session.syncAndRead(paths);
        return CompletableFuture.allOf(nodes.toArray(CompletableFuture<?>[]::new))
                .thenApply(all ->
                        parse(saga, nodes.stream().map(CompletableFuture::join).toList()));
    }

    private SagaRecord parse(SagaId saga, List<Node> nodes) {
        try {
            SagaHeader header = SagaCodec.header(saga, nodes.get(0).data());
            Node executor = nodes.get(1);
            List<SagaEntry> entries = new ArrayList<>();
            for (Node entry : nodes.subList(2, nodes.size())) {
                entries.add(SagaCodec.entry(entry.data()));
            }
            Claim claim = new Claim(saga, process(executor), executor.stat().version());
            aside.clear(SagaLayout.log(saga));
            return new SagaRecord(header, claim, entries);
        } catch (IOException | IllegalArgumentException unreadable) {
            aside.report(
                    SagaLayout.log(saga),
                    "its step log cannot be read: " + unreadable.getMessage(),
                    "If a newer version of Assent wrote it, update this process; else settle the saga by hand, and delete"
                            + " it with what lies below it, and its name below " + SagaLayout.RUNS + " or "
                            + SagaLayout.ENDED);
            throw new CompletionException(new IOException("saga " + saga + " cannot be read", unreadable));
        }
    }

    static ProcessId process(Node executor) {
        return new ProcessId(new String(executor.data(), StandardCharsets.US_ASCII));
    }

    /** Whether an entry is in the log with exactly these bytes. */
    CompletionStage<Boolean> holds(SagaId saga, SagaEntry entry) {
        byte[] wanted = SagaCodec.entry(entry);
        return session.syncAndRead(SagaLayout.entry(saga, entry.number()))
                .thenApply(node -> Arrays.equals(node.data(), wanted));
    }

    /** Names only. */
    CompletionStage<List<String>> list(String folder) {
        return Answers.unlessMissing(session.syncAndList(folder)).thenApply(names -> names.orElse(List.of()));
    }

    /** Who has claimed the saga last, and with which version; empty if the saga is not there. */
    CompletionStage<Optional<Node>> executor(SagaId saga) {
        return Answers.unlessMissing(session.syncAndRead(SagaLayout.executor(saga)));
    }
}
