package dev.assent.tx.remote.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.wire.NodeMessage;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a branch behind an agent is told about as unsent, and what as unanswered. */
class RemoteParticipantTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final BranchId BRANCH = new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2});
    private static final AgentId AGENT = new AgentId(1, 2);

    private final Agents agents = new Agents();
    private final AgentLink link = new AgentLink(AGENT, "shop", new Silent());
    private final RemoteParticipant participant = new RemoteParticipant(agents, Optional.of(AGENT), "orders", LONG);

    @Test
    void without_an_agent_nothing_is_sent() {
        assertThat(now(participant.commit(BRANCH))).isInstanceOf(Completion.Unsent.class);
        assertThat(now(participant.rollback(BRANCH))).isInstanceOf(Completion.Unsent.class);
    }

    @Test
    void over_a_link_that_is_lost_already_nothing_is_sent() {
        agents.attach(link);
        link.close();

        assertThat(now(participant.commit(BRANCH))).isInstanceOf(Completion.Unsent.class);
        assertThat(now(participant.prepare(BRANCH)))
                .as("never asked, so certain")
                .isInstanceOf(Vote.Rollback.class);
    }

    @Test
    void over_a_link_that_is_lost_before_the_answer_it_may_have_been_carried_out() {
        agents.attach(link);
        CompletionStage<Completion> commit = participant.commit(BRANCH);
        CompletionStage<Vote> vote = participant.prepare(BRANCH);
        link.close();

        assertThat(now(commit)).isInstanceOf(Completion.Retry.class);
        assertThat(now(vote)).isInstanceOf(Vote.Unconfirmed.class);
    }

    private static <T> T now(CompletionStage<T> answer) {
        return answer.toCompletableFuture().getNow(null);
    }

    /** An agent that says nothing. */
    private static final class Silent implements StreamObserver<NodeMessage> {
        @Override
        public void onNext(NodeMessage message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
