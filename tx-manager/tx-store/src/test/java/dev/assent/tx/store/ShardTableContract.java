package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.store.StoreSession;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes and shards in a store, whichever it is. */
abstract class ShardTableContract extends StoreFixture {
    private static final ShardBoard.Member NODE = new ShardBoard.Member("node-1", "127.0.0.1:7400", 2, false);
    private ZnodeShardTable table;

    @BeforeEach
    void agree() throws Exception {
        table = new ZnodeShardTable(session, aside);
        assertThat(table.agree(OptionalInt.empty(), 4)).isEqualTo(4);
    }

    private List<EpochRef> take(int shard, int seen, ShardBoard.Cause cause, String id) throws Exception {
        return table.take(List.of(new Step.Take(shard, seen, cause)), id, "named-" + id);
    }

    @Test
    void the_first_nodes_number_of_shards_holds_and_another_one_is_refused() throws Exception {
        ZnodeShardTable later = new ZnodeShardTable(session, aside);

        assertThat(later.agree(OptionalInt.empty(), 16)).isEqualTo(4);
        assertThat(later.agree(OptionalInt.of(4), 16)).isEqualTo(4);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> later.agree(OptionalInt.of(8), 16))
                .withMessageContaining("shards=8")
                .withMessageContaining("has 4");
    }

    @Test
    void a_shard_is_taken_as_it_was_seen_or_not_at_all() throws Exception {
        List<EpochRef> first = take(1, 0, ShardBoard.Cause.FREE, "a");

        assertThat(first).hasSize(1);
        assertThat(take(1, 0, ShardBoard.Cause.FREE, "b")).isEmpty();
        assertThat(table.read().shards())
                .containsEntry(1, new ShardBoard.Holding(first.get(0).version(), "a", ShardBoard.Cause.FREE));
    }

    @Test
    void whoever_is_taken_over_from_commits_nothing_more() throws Exception {
        EpochRef before = take(2, 0, ShardBoard.Cause.FREE, "a").get(0);
        EpochRef after =
                take(2, before.version(), ShardBoard.Cause.SUSPICION, "b").get(0);

        assertThat(commit(begin(before), ONE)).isEqualTo(new CommitResult.Fenced());
        assertThat(commit(begin(after), ONE)).isEqualTo(new CommitResult.Written());
        assertThat(table.read().shards())
                .containsEntry(2, new ShardBoard.Holding(after.version(), "b", ShardBoard.Cause.SUSPICION));
    }

    @Test
    void what_is_handed_over_is_nobodys_and_ends_the_epoch() throws Exception {
        EpochRef epoch = take(3, 0, ShardBoard.Cause.FREE, "a").get(0);

        table.release(List.of(epoch));
        table.release(List.of(epoch));

        assertThat(table.read().shards())
                .hasEntrySatisfying(3, holding -> assertThat(holding.holder()).isEmpty());
        assertThat(commit(begin(epoch), ONE)).isEqualTo(new CommitResult.Fenced());
    }

    @Test
    void a_node_is_there_as_long_as_its_session_and_says_what_it_said_last() throws Exception {
        StoreSession other = open();
        ZnodeShardTable theirs = new ZnodeShardTable(other, aside);
        theirs.show("b", NODE);
        theirs.show("b", NODE.inLeave());
        table.show("a", NODE);
        assertThat(table.read().members()).containsOnlyKeys("a", "b").containsEntry("b", NODE.inLeave());

        other.close();
        // A session whose end the store could not be told in time ends with its time-out.
        Eventually.within(LIMIT, "the other is gone", () -> !members().contains("b"));
        assertThat(members()).containsExactly("a");
        table.hide("a");
        table.hide("a");
        assertThat(table.read().members()).isEmpty();
    }

    private Set<String> members() {
        try {
            return table.read().members().keySet();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void what_a_fenced_node_left_is_removed_and_nobody_elses() throws Exception {
        try (StoreSession other = open()) {
            new ZnodeShardTable(other, aside).show("b", NODE);
            assertThat(new ZnodeLeadership(other, aside).acquire("theirs")).isTrue();
            assertThat(new ZnodeLeadership(session, aside).acquire("ours")).isTrue();

            table.forget("b");
            table.forget("b");

            assertThat(table.read().members()).isEmpty();
            assertThat(new ZnodeLeadership(session, aside).acquire("theirs")).isTrue();
            assertThat(new ZnodeLeadership(other, aside).acquire("ours")).isFalse();
        }
    }

    @Test
    void any_change_after_a_look_is_told() throws Exception {
        try (StoreSession other = open()) {
            ZnodeShardTable theirs = new ZnodeShardTable(other, aside);
            assertToldOf(() -> theirs.show("b", NODE));
            assertToldOf(() -> theirs.show("b", NODE.inLeave()));
            assertToldOf(() -> {
                List<EpochRef> unused = theirs.take(List.of(new Step.Take(0, 0, ShardBoard.Cause.FREE)), "b", "b");
            });
            assertToldOf(() -> theirs.hide("b"));
        }
    }

    private interface Change {
        void make() throws Exception;
    }

    private void assertToldOf(Change change) throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        ShardBoard unused = table.read();
        table.onChange(() -> told.complete(null));
        change.make();
        assertThat(told).succeedsWithin(LIMIT);
    }
}
