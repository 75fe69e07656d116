package dev.assent.tx.remote.agent;

import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.Request;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The calls under way over one link. Thread-safe. */
final class LinkRequests {
    private final Map<Long, CompletableFuture<Answer>> underWay = new HashMap<>();
    private long lastId;

    /**
     * Makes a call. The future fails with a {@link io.grpc.StatusRuntimeException}: {@link NotBegun} when there is no
     * effect; UNAVAILABLE when the link is lost, and nothing is known of the effect. One that is completed by somebody else, as by a time-out, is forgotten.
     *
     * @param send hands the request to the link, which may have none to send it by
     */
    CompletableFuture<Answer> call(Request.Builder request, Consumer<Request> send) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        long id;
        synchronized (this) {
            id = ++lastId;
            underWay.put(id, answer);
        }
        CompletableFuture<Answer> unused = answer.whenComplete((told, failed) -> forget(id));
        send.accept(request.setRequestId(id).build());
        return answer;
    }

    private synchronized void forget(long id) {
        underWay.remove(id);
    }

    void answered(Answer answer) {
        CompletableFuture<Answer> waiting;
        synchronized (this) {
            waiting = underWay.get(answer.getRequestId());
        }
        if (waiting == null) {
            return; // nobody waits for it any more
        }
        if (answer.hasRefusal()) {
            Status status = Status.fromCodeValue(answer.getRefusal().getCode())
                    .withDescription(answer.getRefusal().getDescription());
            waiting.completeExceptionally(
                    answer.getRefusal().getNotBegun() ? new NotBegun(status) : status.asRuntimeException());
        } else {
            waiting.complete(answer);
        }
    }

    /** The link is lost. */
    void lost() {
        List<CompletableFuture<Answer>> waiting;
        synchronized (this) {
            waiting = new ArrayList<>(underWay.values());
        }
        waiting.forEach(call -> call.completeExceptionally(
                Status.UNAVAILABLE.withDescription("the link was lost").asRuntimeException()));
    }
}
