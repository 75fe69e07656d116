package dev.assent.tx.store;

import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads decision records, and sets aside those that are there and say nothing. Thread-safe. */
final class RecordReader {
    static final int READS_IN_FLIGHT_MAX = 256;

    private static final String REMEDY = "Its branches keep their locks until somebody has read it: restore it from a"
            + " backup of the ensemble, or start a version of Assent that knows it; or end its branches by hand and"
            + " delete it";

    private final StoreSession session;
    private final SetAside aside;

    RecordReader(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    /** As new as any write that finished before this call. */
    RecordRead read(GlobalTxId transaction) throws IOException {
        String path = StoreLayout.decision(transaction);
        return await(path, session.syncAndRead(path));
    }

    /** The same of many, some at a time. */
    Map<GlobalTxId, RecordRead> readAll(Collection<GlobalTxId> transactions) throws IOException {
        List<GlobalTxId> ids = List.copyOf(transactions);
        Map<GlobalTxId, RecordRead> records = new LinkedHashMap<>();
        for (int from = 0; from < ids.size(); from += READS_IN_FLIGHT_MAX) {
            readInto(records, ids.subList(from, Math.min(ids.size(), from + READS_IN_FLIGHT_MAX)));
        }
        return records;
    }

    private void readInto(Map<GlobalTxId, RecordRead> records, List<GlobalTxId> ids) throws IOException {
        List<String> paths = ids.stream().map(StoreLayout::decision).toList();
        List<CompletableFuture<Node>> replies = session.syncAndRead(paths);
        for (int place = 0; place < ids.size(); place++) {
            records.put(ids.get(place), await(paths.get(place), replies.get(place)));
        }
    }

    RecordRead await(String path, CompletableFuture<Node> reply) throws IOException {
        try {
            return decoded(path, session.await(reply, "reading a decision").data());
        } catch (StoreException e) {
            if (e.is(StoreCode.NONODE)) {
                return new RecordRead.Absent();
            }
            if (e.is(StoreCode.NOAUTH)) {
                return unreadable(path, new RecordRead.Unreadable("its ACL does not let this user read it"));
            }
            throw e;
        }
    }

    RecordRead decoded(String path, byte[] data) {
        RecordRead read = DecisionCodec.decode(path, data);
        if (read instanceof RecordRead.Unreadable unreadable) {
            return unreadable(path, unreadable);
        }
        aside.clear(path);
        return read;
    }

    private RecordRead unreadable(String path, RecordRead.Unreadable read) {
        aside.report(path, read.why(), REMEDY);
        return read;
    }
}
