package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.tx.remote.host.Callers.Caller;
import dev.assent.tx.remote.wire.Answer;
import dev.assent.tx.remote.wire.Refusal;
import dev.assent.tx.remote.wire.Request;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The calls that come over one agent's link, begun on the thread that reads it: none of them blocks. Thread-safe. */
final class AgentRequests {
    /** Requests of one link under way at once; more are refused. */
    private static final int REQUESTS_MAX = 10_000;

    private final HostedTransactions transactions;
    private final Caller caller;
    private final AtomicInteger underWay = new AtomicInteger();

    /** {@code caller}: who has opened the link. */
    AgentRequests(HostedTransactions transactions, Caller caller) {
        this.caller = caller;
        this.transactions = transactions;
    }

    void run(AgentLink link, Request request) {
        if (underWay.incrementAndGet() > REQUESTS_MAX) {
            underWay.decrementAndGet();
            link.answer(refused(new NotBegun(HostedTransactions.refusal(
                            Status.RESOURCE_EXHAUSTED, REQUESTS_MAX + " requests of " + link + " are under way")))
                    .setRequestId(request.getRequestId()));
            return;
        }
        CompletionStage<Answer.Builder> unused = begin(link, request).whenComplete((answer, failed) -> {
            underWay.decrementAndGet();
            link.answer(answered(answer, failed).setRequestId(request.getRequestId()));
        });
    }

    private static Answer.Builder answered(Answer.@Nullable Builder answer, @Nullable Throwable failed) {
        return answer != null ? answer : refused(failed != null ? failed : new IllegalStateException("no answer"));
    }

    private static Answer.Builder refused(Throwable failed) {
        StatusRuntimeException refusal = Refusals.of(failed);
        String description = refusal.getStatus().getDescription();
        return Answer.newBuilder()
                .setRefusal(Refusal.newBuilder()
                        .setCode(refusal.getStatus().getCode().value())
                        .setDescription(description == null ? "" : description)
                        .setNotBegun(NotBegun.is(failed)));
    }

    private CompletionStage<Answer.Builder> begin(AgentLink link, Request request) {
        try {
            return call(link, request);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedStage(request.hasCommit() ? new NotBegun(refused) : refused);
        }
    }

    private CompletionStage<Answer.Builder> call(AgentLink link, Request request) {
        return switch (request.getBodyCase()) {
            case JOIN -> {
                requireOwn(link, request.getJoin().getAgentId());
                yield CompletableFuture.completedStage(
                        Answer.newBuilder().setJoined(transactions.join(request.getJoin(), caller)));
            }
            case ENLIST -> {
                requireOwn(link, request.getEnlist().getAgentId());
                yield transactions.enlist(request.getEnlist(), caller).thenApply(enlisted -> Answer.newBuilder()
                        .setEnlisted(enlisted));
            }
            case DOOM ->
                CompletableFuture.completedStage(
                        Answer.newBuilder().setDoomed(transactions.doom(request.getDoom(), caller)));
            case COMMIT -> {
                requireOwn(link, request.getCommit().getAgentId());
                yield transactions.commit(request.getCommit(), caller).thenApply(outcome -> Answer.newBuilder()
                        .setOutcome(outcome));
            }
            case ROLLBACK -> {
                requireOwn(link, request.getRollback().getAgentId());
                yield transactions.rollback(request.getRollback(), caller).thenApply(outcome -> Answer.newBuilder()
                        .setOutcome(outcome));
            }
            case BODY_NOT_SET ->
                throw HostedTransactions.refusal(
                        Status.UNIMPLEMENTED, "this node does not know such a request; run the same version in both");
        };
    }

    /** Over its own link an agent speaks for itself. */
    private static void requireOwn(AgentLink link, ByteString agent) {
        if (!agent.isEmpty() && !agent.equals(link.agent().bytes())) {
            throw HostedTransactions.refusal(
                    Status.PERMISSION_DENIED, "field agent_id: this is the link of " + link + ", of nobody else");
        }
    }
}
