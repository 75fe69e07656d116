package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.store.MultiReply;
import dev.assent.store.StoreCode;
import dev.assent.store.StoreOp;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final EpochRef EPOCH = epoch(1);
    private static final MultiReply APPLIED = new MultiReply(StoreCode.OK, -1);
    private static final int SMALL_BYTES = 100;
    private static final byte[] NOTHING = {};

    /** One multi as the store got it. */
    private record Sent(List<StoreOp> operations, CompletableFuture<MultiReply> reply) {
        List<String> created() {
            return operations.stream().skip(1).map(StoreOp::path).toList();
        }
    }

    private final List<Sent> sent = new ArrayList<>();
    private final GroupCommit group = new GroupCommit(operations -> {
        Sent multi = new Sent(List.copyOf(operations), new CompletableFuture<>());
        sent.add(multi);
        return multi.reply();
    });

    private static EpochRef epoch(int shard) {
        return new EpochRef(new EpochKey(Authority.SHARD_2PC, shard, 0), 7);
    }

    private static GroupCommit.Decision decision(EpochRef epoch, String name, int bytes) {
        StoreOp create = new StoreOp.Create("/" + name, NOTHING);
        return new GroupCommit.Decision(epoch, create, bytes);
    }

    private CompletableFuture<MultiReply> create(String name) {
        return group.create(decision(EPOCH, name, SMALL_BYTES));
    }

    private void enqueue(String name) {
        enqueue(decision(EPOCH, name, SMALL_BYTES));
    }

    private void enqueue(GroupCommit.Decision decision) {
        CompletableFuture<MultiReply> unused = group.create(decision);
    }

    private List<CompletableFuture<MultiReply>> createAll(String... names) {
        List<CompletableFuture<MultiReply>> replies = new ArrayList<>();
        for (String name : names) {
            replies.add(create(name));
        }
        return replies;
    }

    private void answer(int multi, StoreCode code, int failedOperation) {
        sent.get(multi).reply().complete(new MultiReply(code, failedOperation));
    }

    @Test
    void a_lone_decision_goes_at_once_with_the_check_of_its_epoch_first() {
        CompletableFuture<MultiReply> reply = create("a");

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).operations()).containsExactly(new StoreOp.Check("/assent/epochs/shards/1", 7), op("a"));
        assertThat(reply).isNotDone();
        answer(0, StoreCode.OK, -1);
        assertThat(reply).isCompletedWithValue(APPLIED);
    }

    private static StoreOp op(String name) {
        return decision(EPOCH, name, SMALL_BYTES).create();
    }

    @Test
    void while_one_multi_is_under_way_the_others_gather_into_the_next() {
        CompletableFuture<MultiReply> first = create("a");
        List<CompletableFuture<MultiReply>> later = createAll("b", "c", "d");
        assertThat(sent).hasSize(1);

        answer(0, StoreCode.OK, -1);

        assertThat(first).isCompletedWithValue(APPLIED);
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).operations().get(0)).isEqualTo(new StoreOp.Check("/assent/epochs/shards/1", 7));
        assertThat(sent.get(1).created()).containsExactly("/b", "/c", "/d");
        answer(1, StoreCode.OK, -1);
        assertThat(later).allSatisfy(reply -> assertThat(reply).isCompletedWithValue(APPLIED));
    }

    @Test
    void a_multi_takes_no_more_decisions_than_its_limit() {
        enqueue("first");
        IntStream.rangeClosed(0, GroupCommit.DECISIONS_MAX).forEach(number -> enqueue("n" + number));

        answer(0, StoreCode.OK, -1);
        assertThat(sent.get(1).created()).hasSize(GroupCommit.DECISIONS_MAX);

        answer(1, StoreCode.OK, -1);
        assertThat(sent.get(2).created()).containsExactly("/n" + GroupCommit.DECISIONS_MAX);
    }

    @Test
    void a_multi_takes_no_more_bytes_than_its_limit_but_always_one_decision() {
        enqueue("first");
        enqueue(decision(EPOCH, "half", GroupCommit.BYTES_MAX / 2));
        enqueue(decision(EPOCH, "rest", GroupCommit.BYTES_MAX / 2));
        enqueue(decision(EPOCH, "huge", 2 * GroupCommit.BYTES_MAX));
        enqueue(decision(EPOCH, "last", 1));

        IntStream.range(0, 4).forEach(multi -> answer(multi, StoreCode.OK, -1));

        assertThat(sent.stream().map(Sent::created))
                .containsExactly(List.of("/first"), List.of("/half", "/rest"), List.of("/huge"), List.of("/last"));
    }

    @Test
    void a_multi_stopped_by_one_record_answers_that_one_and_sends_the_others_again_before_those_behind_them() {
        enqueue("first");
        List<CompletableFuture<MultiReply>> replies = createAll("a", "b", "c");
        answer(0, StoreCode.OK, -1);
        CompletableFuture<MultiReply> behind = create("d");

        answer(1, StoreCode.NODEEXISTS, 2);

        assertThat(replies.get(1)).isCompletedWithValue(new MultiReply(StoreCode.NODEEXISTS, GroupCommit.CREATE));
        assertThat(replies.get(0)).isNotDone();
        assertThat(replies.get(2)).isNotDone();
        assertThat(sent.get(2).created()).containsExactly("/a", "/c", "/d");
        answer(2, StoreCode.OK, -1);
        assertThat(List.of(replies.get(0), replies.get(2), behind))
                .allSatisfy(reply -> assertThat(reply).isCompletedWithValue(APPLIED));
    }

    @Test
    void every_record_that_stops_a_multi_costs_one_more_and_no_decision_is_lost() {
        enqueue("first");
        List<CompletableFuture<MultiReply>> replies = createAll("a", "b", "c");
        answer(0, StoreCode.OK, -1);

        answer(1, StoreCode.NODEEXISTS, 3);
        answer(2, StoreCode.NODEEXISTS, 1);
        answer(3, StoreCode.NODEEXISTS, 1);

        assertThat(sent).hasSize(4);
        assertThat(replies).allSatisfy(reply -> assertThat(reply)
                .isCompletedWithValue(new MultiReply(StoreCode.NODEEXISTS, GroupCommit.CREATE)));
    }

    @Test
    void a_refusal_by_the_epoch_answers_all_of_the_group() {
        enqueue("first");
        List<CompletableFuture<MultiReply>> replies = createAll("a", "b");
        answer(0, StoreCode.OK, -1);

        answer(1, StoreCode.BADVERSION, GroupCommit.CHECK);

        assertThat(replies).allSatisfy(reply -> assertThat(reply)
                .isCompletedWithValue(new MultiReply(StoreCode.BADVERSION, GroupCommit.CHECK)));
        assertThat(sent).hasSize(2);
    }

    @Test
    void an_unanswered_multi_leaves_all_of_its_decisions_unknown_and_the_next_group_goes() {
        enqueue("first");
        List<CompletableFuture<MultiReply>> lost = createAll("a", "b");
        answer(0, StoreCode.OK, -1);
        CompletableFuture<MultiReply> next = create("c");

        answer(1, StoreCode.CONNECTIONLOSS, -1);

        assertThat(lost).allSatisfy(reply -> assertThat(reply)
                .isCompletedWithValue(new MultiReply(StoreCode.CONNECTIONLOSS, -1)));
        assertThat(sent.get(2).created()).containsExactly("/c");
        answer(2, StoreCode.OK, -1);
        assertThat(next).isCompletedWithValue(APPLIED);
    }

    @Test
    void different_epochs_do_not_wait_for_each_other() {
        enqueue("a");
        enqueue(decision(epoch(2), "b", SMALL_BYTES));
        enqueue(decision(new EpochRef(EPOCH.key(), 8), "c", SMALL_BYTES));

        assertThat(sent.stream().map(Sent::created)).containsExactly(List.of("/a"), List.of("/b"), List.of("/c"));
        assertThat(sent.get(2).operations().get(0)).isEqualTo(new StoreOp.Check("/assent/epochs/shards/1", 8));
    }

    @Test
    void the_next_group_is_under_way_before_the_answers_are_received() {
        List<Integer> sentWhenAnswered = new ArrayList<>();
        CompletableFuture<Void> unused = create("a").thenAccept(reply -> sentWhenAnswered.add(sent.size()));
        enqueue("b");

        answer(0, StoreCode.OK, -1);

        assertThat(sentWhenAnswered).containsExactly(2);
    }

    @Test
    void a_receiver_that_throws_takes_neither_the_answer_from_others_nor_the_queue_down() {
        enqueue("first");
        CompletableFuture<Void> thrown = create("a").thenAccept(reply -> {
            throw new IllegalStateException("a receiver's bug");
        });
        CompletableFuture<MultiReply> other = create("b");
        answer(0, StoreCode.OK, -1);
        CompletableFuture<MultiReply> later = create("c");

        answer(1, StoreCode.OK, -1);
        answer(2, StoreCode.OK, -1);

        assertThat(thrown).isCompletedExceptionally();
        assertThat(other).isCompletedWithValue(APPLIED);
        assertThat(later).isCompletedWithValue(APPLIED);
    }

    @Test
    void a_store_that_throws_or_fails_ends_that_group_alone() {
        List<Function<List<StoreOp>, CompletableFuture<MultiReply>>> behaviours = new ArrayList<>(List.of(
                operations -> {
                    throw new IllegalArgumentException("no such path");
                },
                operations -> CompletableFuture.failedFuture(new IllegalStateException("a bug")),
                operations -> CompletableFuture.completedFuture(APPLIED)));
        GroupCommit faulty = new GroupCommit(operations -> behaviours.remove(0).apply(operations));

        CompletableFuture<MultiReply> first = faulty.create(decision(EPOCH, "a", SMALL_BYTES));
        CompletableFuture<MultiReply> second = faulty.create(decision(EPOCH, "b", SMALL_BYTES));
        CompletableFuture<MultiReply> third = faulty.create(decision(EPOCH, "c", SMALL_BYTES));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(first::join)
                .withMessageContaining("no such path");
        assertThat(second).isCompletedExceptionally();
        assertThat(third).isCompletedWithValue(APPLIED);
    }

    @Test
    void a_store_that_answers_within_the_call_does_not_deepen_the_stack() {
        CompletableFuture<MultiReply> first = new CompletableFuture<>();
        List<CompletableFuture<MultiReply>> answers = new ArrayList<>(List.of(first));
        GroupCommit closed = new GroupCommit(operations -> answers.isEmpty()
                ? CompletableFuture.completedFuture(new MultiReply(StoreCode.CONNECTIONLOSS, -1))
                : answers.remove(0));
        List<CompletableFuture<MultiReply>> replies = new ArrayList<>();
        for (int number = 0; number < 100_000; number++) {
            replies.add(closed.create(decision(EPOCH, "n", GroupCommit.BYTES_MAX)));
        }

        first.complete(APPLIED);

        assertThat(replies).allMatch(CompletableFuture::isDone);
    }

    @Test
    void a_group_without_an_answer_makes_the_next_ones_smaller_until_one_is_applied() {
        enqueue("first");
        List<CompletableFuture<MultiReply>> lost = createAll("a", "b", "c", "d");
        answer(0, StoreCode.OK, -1);
        answer(1, StoreCode.CONNECTIONLOSS, -1);
        assertThat(lost).allMatch(CompletableFuture::isDone);

        List<CompletableFuture<MultiReply>> again = createAll("a", "b", "c", "d", "e");
        assertThat(sent.get(2).created()).containsExactly("/a");
        answer(2, StoreCode.OK, -1);
        assertThat(sent.get(3).created()).containsExactly("/b", "/c", "/d", "/e");
        answer(3, StoreCode.OK, -1);

        assertThat(again).allMatch(reply -> reply.join().equals(APPLIED));
    }

    @Test
    void a_group_that_is_too_large_for_the_server_gets_through_in_parts() {
        enqueue("first");
        enqueue("a");
        enqueue("b");
        enqueue("c");
        enqueue("d");
        answer(0, StoreCode.OK, -1);
        enqueue("e");
        enqueue("f");
        enqueue("g");

        answer(1, StoreCode.CONNECTIONLOSS, -1);

        assertThat(sent.get(2).created()).containsExactly("/e", "/f");
    }

    @Test
    void an_error_of_the_store_does_not_stop_the_queue() {
        boolean[] broken = {true};
        GroupCommit failing = new GroupCommit(operations -> {
            if (broken[0]) {
                broken[0] = false;
                throw new StackOverflowError("planted");
            }
            return CompletableFuture.completedFuture(APPLIED);
        });

        CompletableFuture<MultiReply> first = failing.create(decision(EPOCH, "a", SMALL_BYTES));
        CompletableFuture<MultiReply> second = failing.create(decision(EPOCH, "b", SMALL_BYTES));

        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedWithValue(APPLIED);
    }
}
