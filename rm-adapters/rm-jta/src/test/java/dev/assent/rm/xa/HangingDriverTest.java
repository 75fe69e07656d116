package dev.assent.rm.xa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.tx.bulkhead.Bulkhead;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Vote;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver that does not come back from a call: what it may hold up, and what not. */
class HangingDriverTest {
    /** Generous, as machines are busy; the driver hangs for longer unless somebody breaks it off. */
    private static final Duration SOON = Duration.ofSeconds(90);

    private static final BranchId BRANCH = new BranchId(BranchId.FORMAT_ID, new byte[] {1}, new byte[] {2});

    private final RecordingDatabase database = new RecordingDatabase();
    private final XaResourceManager home = XaResourceManager.of("orders", database.dataSource());
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch broken = new CountDownLatch(1);

    @AfterEach
    void letGo() {
        broken.countDown();
    }

    /** Hangs in {@code method} until its connection is aborted, and then fails as drivers do. */
    private XAResource hangingIn(String method) {
        return database.watched("a", hanging(method));
    }

    private Consumer<String> hanging(String method) {
        return call -> {
            if (call.startsWith(method)) {
                reached.countDown();
                await(broken);
                throw new IllegalStateException("socket closed");
            }
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("abort")) {
                        broken.countDown();
                    }
                    return switch (method.getName()) {
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> 1;
                        default -> null;
                    };
                });
    }

    private XaParticipant worked(XAResource driver) throws SQLException, XAException {
        XaParticipant participant = home.participant(BRANCH, driver, connection());
        participant.start();
        participant.end(true);
        return participant;
    }

    @Test
    void prepare_blocks_nobody_and_the_connection_goes_back_while_it_hangs() throws Exception {
        XaParticipant participant = worked(hangingIn("prepare"));
        CompletableFuture<Vote> vote = participant.prepare(BRANCH).toCompletableFuture();
        await(reached);
        assertThat(vote).isNotDone();

        assertThat(CompletableFuture.supplyAsync(participant::isOver))
                .succeedsWithin(SOON)
                .isEqualTo(false);
        assertThat(CompletableFuture.supplyAsync(participant::release))
                .succeedsWithin(SOON)
                .isEqualTo(false);

        assertThat(vote).as("it may have arrived").succeedsWithin(SOON).isInstanceOf(Vote.Unconfirmed.class);
    }

    @Test
    void a_vote_that_nobody_waits_for_any_more_is_broken_off() throws Exception {
        XaParticipant participant = worked(hangingIn("prepare"));
        CompletableFuture<Vote> vote = participant.prepare(BRANCH).toCompletableFuture();
        await(reached);

        participant.cutShort(BRANCH);

        assertThat(vote).as("it may have arrived").succeedsWithin(SOON).isInstanceOf(Vote.Unconfirmed.class);
        assertThat(participant.release()).isFalse();
    }

    @Test
    void a_transaction_that_ends_while_its_work_hangs_in_the_driver_frees_the_thread_that_works() throws Exception {
        XaParticipant participant = home.participant(BRANCH, hangingIn("start"), connection());
        CompletableFuture<Void> working = CompletableFuture.runAsync(() -> {
            try {
                participant.start();
            } catch (XAException e) {
                throw new IllegalStateException(e);
            }
        });
        await(reached);

        assertThat(participant.rollback(BRANCH).toCompletableFuture())
                .succeedsWithin(SOON)
                .isEqualTo(new Completion.Done());

        assertThat(working).failsWithin(SOON);
        assertThat(participant.release()).isFalse();
    }

    @Test
    void work_that_hangs_is_broken_off_however_many_calls_of_others_hang_too() throws Exception {
        CountDownLatch others = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(Bulkhead.Limits.DEFAULT.threadsMax());
        XAResource hanging = database.watched("b", call -> {
            if (call.equals("prepare")) {
                busy.countDown();
                await(others);
            }
        });
        for (int thread = 0; thread < Bulkhead.Limits.DEFAULT.threadsMax(); thread++) {
            assertThat(worked(hanging).prepare(BRANCH).toCompletableFuture()).isNotDone();
        }
        await(busy);
        XaParticipant participant = home.participant(BRANCH, database.watched("a", call -> {}), connection());
        participant.start();

        CompletableFuture<Completion> end = participant.rollback(BRANCH).toCompletableFuture();

        assertThat(broken.await(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("its connection is aborted while all threads of the bulkhead hang")
                .isTrue();
        assertThat(end).succeedsWithin(SOON).isEqualTo(new Completion.Done());
        others.countDown();
    }

    @Test
    void the_end_of_work_is_not_waited_for_and_the_vote_comes_after_it() throws Exception {
        XaParticipant participant = home.participant(BRANCH, hangingIn("end"), connection());
        participant.start();

        assertThat(CompletableFuture.runAsync(() -> {
                    try {
                        participant.end(true);
                    } catch (XAException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .succeedsWithin(SOON);
        CompletableFuture<Vote> vote = participant.prepare(BRANCH).toCompletableFuture();

        await(reached);
        assertThat(vote).isNotDone();
        assertThat(database.told()).containsExactly("a.start", "a.end");
        participant.cutShort(BRANCH);
        assertThat(vote).succeedsWithin(SOON).isInstanceOf(Vote.Rollback.class);
        assertThat(database.told()).doesNotContain("a.prepare");
    }

    @Test
    void a_full_bulkhead_answers_at_once_and_names_itself_its_resource_and_the_limit() throws Exception {
        Bulkhead.Limits limits = Bulkhead.Limits.DEFAULT;
        CountDownLatch busy = new CountDownLatch(limits.threadsMax());
        XAResource hanging = database.watched("a", call -> {
            if (call.equals("prepare")) {
                busy.countDown();
                await(broken);
            }
        });
        List<XaParticipant> branches = new ArrayList<>();
        for (int branch = 0; branch < limits.threadsMax() + limits.waitingMax(); branch++) {
            branches.add(worked(hanging));
        }
        XaParticipant oneMore = worked(hanging);

        // The threads first: a call that is taken before a thread has come for it holds a place of those that wait.
        branches.subList(0, limits.threadsMax())
                .forEach(branch ->
                        assertThat(branch.prepare(BRANCH).toCompletableFuture()).isNotDone());
        await(busy);
        branches.subList(limits.threadsMax(), branches.size())
                .forEach(branch ->
                        assertThat(branch.prepare(BRANCH).toCompletableFuture()).isNotDone());

        assertThat(oneMore.prepare(BRANCH).toCompletableFuture())
                .isCompletedWithValueMatching(vote -> vote instanceof Vote.Rollback no
                        && no.cause().contains("resource orders")
                        && no.cause().contains("bulkhead 'orders'")
                        && no.cause().contains(limits.waitingMax() + " calls"));
        assertThat(oneMore.rollback(BRANCH).toCompletableFuture())
                .isCompletedWithValueMatching(Completion.Unsent.class::isInstance);
    }

    @Test
    void a_database_that_does_not_answer_at_start_up_is_waited_for_a_while_only() {
        XaResourceManager hanging = new XaResourceManager("ledger", () -> {
            await(broken);
            throw new SQLException("gone");
        });

        assertThat(CompletableFuture.runAsync(hanging::checkUsable)).succeedsWithin(SOON);
        assertThat(hanging.inDoubt().toCompletableFuture()).isNotDone();
    }
}
