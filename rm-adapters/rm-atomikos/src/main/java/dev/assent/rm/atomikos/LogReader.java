package dev.assent.rm.atomikos;

import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.store.Deadline;
import dev.assent.store.Node;
import dev.assent.store.SetAside;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Reads what earlier owners left in a log. A znode that is not what it should be (damaged, foreign, of a newer version)
 * is set aside, and everything else goes on: one whose name is no id of ours is left alone, and one that has such an id
 * and cannot be read stands for a transaction whose branches are not ended by this process, as nobody here knows how.
 */
final class LogReader {
    /** Records that are asked for at once. */
    static final int READS_MAX = 256;

    private static final String FOREIGN_REMEDY = "It is left alone; delete it, or move it to where it belongs";
    private static final String REMEDY = "The branches of that transaction stay prepared, with their locks, until"
            + " somebody has read it: restore it from a backup of the ensemble, or take a version of Assent that knows"
            + " it, or end its branches by hand and delete it; then restart this program";

    private final StoreSession session;
    private final SetAside aside;

    LogReader(StoreSession session, SetAside aside) {
        this.session = session;
        this.aside = aside;
    }

    /** @param unreadable ids of those that are there and say nothing */
    record Records(List<PendingTransactionRecord> readable, Set<String> unreadable) {}

    /** The records below a directory, all of which are in that state. */
    Records records(String directory, TxState state, Deadline deadline) throws IOException {
        List<String> ids = names(directory, deadline);
        Records records = new Records(new ArrayList<>(), new HashSet<>());
        for (int from = 0; from < ids.size(); from += READS_MAX) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + READS_MAX));
            List<String> paths = some.stream()
                    .map(id -> directory + "/" + LogPaths.encode(id))
                    .toList();
            List<CompletableFuture<Node>> replies =
                    paths.stream().map(session::read).toList();
            for (int place = 0; place < some.size(); place++) {
                String path = paths.get(place);
                sort(some.get(place), path, read(path, replies.get(place), deadline), state, records);
            }
        }
        return records;
    }

    /** What came of a read that is under way; sent again if that one got no answer. */
    private NodeRead read(String path, CompletableFuture<Node> reply, Deadline deadline) throws IOException {
        String what = "reading a record";
        try {
            return new NodeRead.Found(session.await(reply, what, deadline).data());
        } catch (StoreException e) {
            if (!e.code().isSilence()) {
                return notRead(e);
            }
        }
        try {
            return new NodeRead.Found(
                    session.repeat(what, deadline, () -> session.read(path)).data());
        } catch (StoreException e) {
            return notRead(e);
        }
    }

    private static NodeRead notRead(StoreException e) throws StoreException {
        if (e.is(StoreCode.NONODE)) {
            return new NodeRead.Absent();
        }
        if (e.is(StoreCode.NOAUTH)) {
            return new NodeRead.Refused(e.code());
        }
        throw e;
    }

    private void sort(String id, String path, NodeRead read, TxState state, Records records) {
        if (read instanceof NodeRead.Found found) {
            try {
                records.readable().add(decoded(id, found, state));
                return;
            } catch (IllegalArgumentException e) {
                aside.report(path, "the record " + e.getMessage(), REMEDY);
            }
        } else if (read instanceof NodeRead.Refused refused) {
            aside.report(path, "it cannot be read: " + refused.code(), REMEDY);
        } else {
            return; // deleted meanwhile by nobody but an operator
        }
        records.unreadable().add(id);
    }

    private static PendingTransactionRecord decoded(String id, NodeRead.Found found, TxState state) {
        PendingTransactionRecord entry = RecordCodec.decode(id, found.data());
        if (entry.state != state) {
            throw new IllegalArgumentException("is in state " + entry.state + ", which has no place here");
        }
        String superior = entry.superiorId;
        if (superior != null && Superior.isOurs(superior) && !isComplete(superior)) {
            throw new IllegalArgumentException("names as its superior '" + superior
                    + "', which is not a branch of an Assent transaction with its resources");
        }
        return entry;
    }

    /** Who waits for it, and where its work is: without either nobody could tell when it has ended. */
    private static boolean isComplete(String superior) {
        return Superior.parse(superior)
                .filter(read -> !read.resources().isEmpty())
                .isPresent();
    }

    /** What the znodes below a directory stand for, in order. */
    List<String> names(String directory, Deadline deadline) throws IOException {
        List<String> names = new ArrayList<>();
        for (String node : session.repeat("listing " + directory, deadline, () -> session.children(directory))) {
            Optional<String> name = LogPaths.decode(node);
            if (name.isPresent()) {
                names.add(name.get());
            } else {
                aside.report(directory + "/" + node, "this log gives nothing such a name", FOREIGN_REMEDY);
            }
        }
        names.sort(null);
        return names;
    }
}
