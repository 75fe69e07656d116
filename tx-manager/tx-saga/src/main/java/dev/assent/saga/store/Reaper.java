package dev.assent.saga.store;

import dev.assent.saga.model.SagaId;
import dev.assent.saga.spi.SagaLog.EndedSlot;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreOp;
import dev.assent.store.StoreSession;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Deletes what has ended, many znodes at a time. Thread-safe. */
final class Reaper {
    /** Operations of one multi, unless a single saga needs more. */
    static final int OPERATIONS_MAX = 256;

    private final StoreSession session;

    Reaper(StoreSession session) {
        this.session = session;
    }

    /** Another process may be at it too: what is gone is passed over, and left for the next look. */
    CompletionStage<Void> forget(EndedSlot slot, List<SagaId> sagas) {
        CompletionStage<List<List<StoreOp>>> batches = CompletableFuture.completedStage(new ArrayList<>());
        for (SagaId saga : sagas) {
            batches = batches.thenCombine(deletionsOf(slot, saga), Reaper::with);
        }
        return batches.thenCompose(this::carryOut)
                .thenCompose(done -> Answers.unless(
                        session.delete(SagaLayout.slot(slot), -1), StoreCode.NOTEMPTY, StoreCode.NONODE));
    }

    private CompletionStage<List<StoreOp>> deletionsOf(EndedSlot slot, SagaId saga) {
        return Answers.unlessMissing(session.syncAndList(SagaLayout.log(saga))).thenApply(children -> {
            List<StoreOp> deletions = new ArrayList<>();
            children.ifPresent(names -> {
                names.forEach(name -> deletions.add(new StoreOp.Delete(SagaLayout.log(saga) + "/" + name, -1)));
                deletions.add(new StoreOp.Delete(SagaLayout.log(saga), -1));
            });
            deletions.add(new StoreOp.Delete(SagaLayout.ended(slot, saga), -1));
            return deletions;
        });
    }

    private static List<List<StoreOp>> with(List<List<StoreOp>> batches, List<StoreOp> more) {
        if (batches.isEmpty() || batches.get(batches.size() - 1).size() + more.size() > OPERATIONS_MAX) {
            batches.add(new ArrayList<>(more));
        } else {
            batches.get(batches.size() - 1).addAll(more);
        }
        return batches;
    }

    private CompletionStage<Void> carryOut(List<List<StoreOp>> batches) {
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (List<StoreOp> batch : batches) {
            all = all.thenCompose(done -> session.multi(batch))
                    .thenCompose(reply -> reply.isApplied() || reply.code() == StoreCode.NONODE
                            ? CompletableFuture.<Void>completedStage(null)
                            : Answers.failed(reply, "deleting ended sagas"));
        }
        return all;
    }
}
