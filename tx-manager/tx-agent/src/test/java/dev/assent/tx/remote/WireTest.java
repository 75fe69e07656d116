package dev.assent.tx.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.wire.CompletionReply;
import dev.assent.tx.remote.wire.OutcomeReply;
import dev.assent.tx.remote.wire.VoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireTest {
    @Test
    void every_vote_survives_the_wire() {
        for (Vote vote : List.of(new Vote.Prepared(), new Vote.ReadOnly(), new Vote.Rollback("no money"))) {
            assertThat(Wire.vote(Wire.vote(vote))).isEqualTo(vote);
        }
    }

    @Test
    void every_plain_completion_survives_the_wire() {
        for (Completion completion : List.of(
                new Completion.Done(),
                new Completion.NotKnown(),
                new Completion.Retry("connection reset"),
                new Completion.Unsent("no link"),
                new Completion.NeedsPrepare(),
                new Completion.RolledBack("deadlock"))) {
            assertThat(Wire.completion(Wire.completion(completion))).isEqualTo(completion);
        }
    }

    @ParameterizedTest
    @EnumSource(HeuristicOutcome.class)
    void every_heuristic_completion_survives_the_wire(HeuristicOutcome own) {
        Completion.Heuristic heuristic = new Completion.Heuristic(own, "operator");

        assertThat(Wire.completion(Wire.completion(heuristic))).isEqualTo(heuristic);
    }

    @Test
    void every_outcome_survives_the_wire() {
        for (Outcome outcome : List.of(
                new Outcome.Committed(),
                new Outcome.RolledBack("no money"),
                new Outcome.HeuristicMixed("branch 1"),
                new Outcome.HeuristicHazard("branch 2"),
                new Outcome.HeuristicRolledBack("branch 3"),
                new Outcome.Unknown("asked too early"))) {
            assertThat(Wire.outcome(Wire.outcome(outcome))).isEqualTo(outcome);
        }
    }

    @Test
    void names_survive_the_wire() {
        GlobalTxId id = new GlobalTxId(
                new ClusterId(-3),
                new EpochKey(Authority.SHARD_2PC, 5, 0),
                9,
                Long.MAX_VALUE,
                new GlobalTxId.Unique(-1, 1));
        BranchId branch = new BranchId(BranchId.FORMAT_ID, id.toBytes(), new byte[] {1, 2, 3});
        AgentId agent = new AgentId(Long.MIN_VALUE, 4);

        assertThat(Wire.transaction(Wire.gtrid(id))).isEqualTo(id);
        assertThat(Wire.branch(Wire.branch(branch))).isEqualTo(branch);
        assertThat(AgentId.from(agent.bytes())).isEqualTo(agent);
        assertThat(agent.incarnation()).isNotNegative();
    }

    @Test
    void an_outcome_of_an_unknown_kind_says_nothing_about_the_transaction() {
        OutcomeReply newer = OutcomeReply.newBuilder().setKindValue(99).build();

        assertThat(Wire.outcome(newer)).isInstanceOf(Outcome.Unknown.class);
        assertThat(Wire.outcome(OutcomeReply.getDefaultInstance())).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void a_vote_of_an_unknown_kind_is_no_yes() {
        VoteReply newer = VoteReply.newBuilder().setKindValue(99).build();

        assertThat(Wire.vote(newer)).isInstanceOf(Vote.Rollback.class);
        assertThat(Wire.vote(VoteReply.getDefaultInstance())).isInstanceOf(Vote.Rollback.class);
    }

    @Test
    void a_completion_of_an_unknown_kind_ends_no_branch() {
        CompletionReply newer = CompletionReply.newBuilder().setKindValue(99).build();

        assertThat(Wire.completion(newer).endsBranch()).isFalse();
        assertThat(Wire.completion(CompletionReply.getDefaultInstance()).endsBranch())
                .isFalse();
    }

    @Test
    void a_message_that_is_no_value_names_its_field() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wire.transaction(ByteString.copyFromUtf8("short")))
                .withMessageContaining("gtrid");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentId.from(ByteString.EMPTY))
                .withMessageContaining("agent_id");
    }

    @Test
    void a_long_cause_is_cut() {
        Vote told = Wire.vote(Wire.vote(new Vote.Rollback("x".repeat(10_000))));

        assertThat(((Vote.Rollback) told).cause()).hasSize(2_000);
    }
}
