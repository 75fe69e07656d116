package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.spi.AcceptorLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** An acceptor over a disk that answers when the test says so. */
class AcceptorHostTest {

    /** Entries in the order in which they came, each durable when it is told. */
    private static final class Disk implements AcceptorLog {
        private final Queue<CompletableFuture<Void>> writing = new ArrayDeque<>();

        @Override
        public AcceptorId id() {
            return new AcceptorId(new UUID(4, 4));
        }

        @Override
        public Contents contents() {
            return new Contents(Map.of(), Map.of(), Map.of(), 0);
        }

        @Override
        public CompletionStage<Void> save(Entry entry) {
            CompletableFuture<Void> saved = new CompletableFuture<>();
            writing.add(saved);
            return saved;
        }

        void writes() {
            writing.remove().complete(null);
        }

        void fails() {
            writing.remove().completeExceptionally(new IOException("no space"));
        }

        @Override
        public void close() {}
    }

    private static final AcceptorReply ACCEPTED = new AcceptorReply.Accepted(Sample.ZERO, Decision.COMMIT);

    private final Disk disk = new Disk();
    private final AcceptorHost host = new AcceptorHost(disk, new AcceptorHost.Limits(3, 4, 500));

    private CompletableFuture<AcceptorReply> ask(int number, AcceptorRequest request) {
        return host.ask(Sample.transaction(number), request).toCompletableFuture();
    }

    @Test
    void nothing_is_answered_before_it_is_durable() {
        CompletableFuture<AcceptorReply> reply = ask(1, Sample.PRE_COMMIT);
        assertThat(reply).isNotDone();

        disk.writes();
        assertThat(reply).isCompletedWithValue(ACCEPTED);
    }

    @Test
    void a_repeated_request_waits_for_the_disk_as_the_first_does() {
        CompletableFuture<AcceptorReply> first = ask(1, Sample.PRE_COMMIT);
        CompletableFuture<AcceptorReply> repeated = ask(1, Sample.PRE_COMMIT);
        assertThat(repeated).isNotDone();

        disk.writes();
        assertThat(first).isCompletedWithValue(ACCEPTED);
        assertThat(repeated).isCompletedWithValue(ACCEPTED);
        assertThat(disk.writing).isEmpty();
    }

    @Test
    void who_the_acceptors_are_is_released_with_the_register_unless_a_branch_here_has_not_ended() {
        CompletableFuture<Void> kept = host.keep(Sample.transaction(1), Sample.RESOURCE, Sample.addresses())
                .toCompletableFuture();
        disk.writes();
        disk.writes();
        assertThat(kept).isCompleted();
        host.keepWhile(transaction -> true); // it was prepared after all

        CompletableFuture<AcceptorReply> forgotten = ask(1, new AcceptorRequest.Forget());
        disk.writes();
        assertThat(forgotten).isCompletedWithValue(new AcceptorReply.Forgotten());
        assertThat(host.keptOf(Sample.transaction(1))).contains(Sample.addresses());

        host.keepWhile(transaction -> false);
        host.ended(Sample.transaction(1));
        disk.writes();
        assertThat(host.keptOf(Sample.transaction(1))).isEmpty();
    }

    @Test
    void transactions_do_not_wait_for_each_other() {
        CompletableFuture<AcceptorReply> first = ask(1, Sample.PRE_COMMIT);
        CompletableFuture<AcceptorReply> second = ask(2, Sample.PRE_COMMIT);
        assertThat(disk.writing).hasSize(2);

        disk.writes();
        disk.writes();
        assertThat(first).isCompletedWithValue(ACCEPTED);
        assertThat(second).isCompletedWithValue(ACCEPTED);
    }

    @Test
    void what_the_disk_did_not_take_was_not_accepted() {
        CompletableFuture<AcceptorReply> lost = ask(1, Sample.PRE_COMMIT);
        disk.fails();
        assertThat(lost).isCompletedExceptionally();

        CompletableFuture<AcceptorReply> promise = ask(1, new AcceptorRequest.Prepare(Sample.ONE));
        disk.writes();
        assertThat(promise).isCompletedWithValue(new AcceptorReply.Promise(Sample.ONE, Optional.empty()));
    }

    @Test
    void more_requests_or_transactions_than_allowed_are_refused() {
        for (int number = 1; number <= 3; number++) {
            CompletableFuture<AcceptorReply> unused = ask(number, Sample.PRE_COMMIT);
        }
        CompletableFuture<AcceptorReply> fourth = ask(3, Sample.PRE_COMMIT);
        assertThat(fourth).isNotDone();
        assertThatThrownBy(() -> ask(3, Sample.PRE_COMMIT).join()).hasMessageContaining("4 requests");

        disk.writes();
        disk.writes();
        disk.writes();
        assertThatThrownBy(() -> ask(9, Sample.PRE_COMMIT).join()).hasMessageContaining("3 transactions");
        assertThat(ask(1, Sample.PRE_COMMIT)).isCompletedWithValue(ACCEPTED);
    }

    @Test
    void what_was_folded_is_refused_and_so_is_what_may_have_been() {
        CompletableFuture<AcceptorReply> forgetting = ask(1, new AcceptorRequest.Forget());
        disk.writes();
        assertThat(forgetting).isCompletedWithValue(new AcceptorReply.Forgotten());
        CompletionStage<Void> early = host.fold(Sample.DEADLINE + 499);
        assertThat(early.toCompletableFuture()).isDone();
        assertThat(disk.writing).as("too early").isEmpty();

        CompletionStage<Void> folding = host.fold(Sample.DEADLINE + 500);
        disk.writes();
        assertThat(folding.toCompletableFuture()).isDone();

        assertThat(ask(1, Sample.PRE_COMMIT)).isCompletedWithValue(new AcceptorReply.Forgotten());
        assertThat(ask(2, Sample.PRE_COMMIT)).isCompletedWithValue(new AcceptorReply.Forgotten());
        CompletableFuture<AcceptorReply> later = host.ask(Sample.transaction(3, Sample.DEADLINE + 1), Sample.PRE_COMMIT)
                .toCompletableFuture();
        disk.writes();
        assertThat(later).isCompletedWithValue(ACCEPTED);
    }

    @Test
    void whom_to_ask_is_kept_until_it_is_released() {
        CompletionStage<Void> keeping = host.keep(Sample.transaction(1), Sample.RESOURCE, Sample.addresses());
        disk.writes(); // where it votes, which comes before whom it asks
        assertThat(keeping.toCompletableFuture()).isNotDone();
        disk.writes();
        assertThat(host.keptOf(Sample.transaction(1))).contains(Sample.addresses());

        CompletionStage<Void> releasing = host.release(Sample.transaction(1));
        disk.writes();
        assertThat(releasing.toCompletableFuture()).isDone();
        assertThat(host.kept()).isEmpty();
    }

    @Test
    void a_second_vote_adds_its_resource_and_a_repeated_one_writes_nothing() {
        CompletionStage<Void> first = host.keep(Sample.transaction(1), Sample.RESOURCE, Sample.addresses());
        disk.writes();
        disk.writes();
        CompletionStage<Void> repeated = host.keep(Sample.transaction(1), Sample.RESOURCE, Sample.addresses());
        assertThat(first.toCompletableFuture()).isDone();
        assertThat(repeated.toCompletableFuture()).isDone();

        CompletionStage<Void> second =
                host.keep(Sample.transaction(1), new ResourceName("stock").hash(), Sample.addresses());
        assertThat(second.toCompletableFuture()).isNotDone();
        assertThat(disk.writing).hasSize(2);
    }

    @Test
    void a_disk_that_hangs_costs_what_rests_on_it_and_no_more_than_so_many_wait() {
        CompletableFuture<AcceptorReply> hanging = ask(1, Sample.PRE_COMMIT);
        CompletableFuture<AcceptorReply> second = ask(2, Sample.PRE_COMMIT);
        for (int more = 0; more < 2; more++) {
            assertThat(ask(1, Sample.PRE_COMMIT)).isNotDone();
        }

        assertThatThrownBy(() -> ask(1, Sample.PRE_COMMIT).join()).hasMessageContaining("4 requests are under way");
        assertThat(host.hasEnded(Sample.transaction(1)).toCompletableFuture().join())
                .isTrue();
        assertThat(hanging).isNotDone();
        disk.writes();
        disk.writes();
        assertThat(hanging).isCompletedWithValue(ACCEPTED);
        assertThat(second).isCompletedWithValue(ACCEPTED);
    }
}
