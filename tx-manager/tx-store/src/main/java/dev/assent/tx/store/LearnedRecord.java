package dev.assent.tx.store;

import dev.assent.store.MultiReply;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreException;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps a decision that was made elsewhere, whatever has become of its epoch: the epoch's folder may be gone already, and
 * is made anew then. Never blocks.
 */
final class LearnedRecord {
    private final StoreSession session;
    private final RecordReader reader;
    private final DecisionRecord record;
    private final String path;

    LearnedRecord(StoreSession session, RecordReader reader, GlobalTxId transaction, DecisionRecord record) {
        this.session = session;
        this.reader = reader;
        this.record = record;
        this.path = StoreLayout.decision(transaction);
    }

    CompletionStage<Void> keep() {
        return create(path, DecisionCodec.encode(record)).thenCompose(reply -> {
            if (reply.code() != StoreCode.NONODE) {
                return judged(reply);
            }
            return folder(folderOf(folderOf(path)))
                    .thenCompose(made -> folder(folderOf(path)))
                    .thenCompose(made -> create(path, DecisionCodec.encode(record)))
                    .thenCompose(this::judged);
        });
    }

    private CompletableFuture<MultiReply> create(String znode, byte[] data) {
        return session.multi(List.of(new StoreOp.Create(znode, data)));
    }

    private CompletableFuture<Void> folder(String folder) {
        return create(folder, new byte[0])
                .thenCompose(reply -> reply.isApplied() || reply.code() == StoreCode.NODEEXISTS
                        ? CompletableFuture.completedFuture(null)
                        : refused(reply));
    }

    private static String folderOf(String znode) {
        return znode.substring(0, znode.lastIndexOf('/'));
    }

    private CompletableFuture<Void> judged(MultiReply reply) {
        if (reply.isApplied()) {
            return CompletableFuture.completedFuture(null);
        }
        return reply.code() == StoreCode.NODEEXISTS ? compared() : refused(reply);
    }

    private CompletableFuture<Void> refused(MultiReply reply) {
        return CompletableFuture.failedFuture(
                new StoreException(reply.code(), "recording " + path + ": " + reply.code()));
    }

    /** It is there: told by others who have learned the same, or before. */
    private CompletableFuture<Void> compared() {
        return session.syncAndRead(path).thenCompose(node -> {
            RecordRead read = reader.decoded(path, node.data());
            return read instanceof RecordRead.Found found && found.record().decision() == record.decision()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(new IOException(
                            path + " says otherwise than what acceptors chose, " + record.decision() + ": " + read));
        });
    }
}
