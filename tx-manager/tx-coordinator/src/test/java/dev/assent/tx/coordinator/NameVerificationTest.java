package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.service.EmbeddedTransactionService;
import dev.assent.tx.service.TxConfig;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.NamedToy;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resource takes part when its name is known to stand for it, and not before. */
class NameVerificationTest {
    private static final String ONE = "system 1 database 5";
    private static final String OTHER = "system 2 database 5";
    private static final Duration LONG = Duration.ofMinutes(5);

    /** So long that no pass of recovery can have been the cause of what happens. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final NamedToy orders = new NamedToy("orders", ONE);
    private final NamedToy payments = new NamedToy("payments", ONE);
    private ApacheZooKeeper ensemble;
    private EmbeddedTransactionService service;

    @BeforeEach
    void start() throws IOException {
        ensemble = new ApacheZooKeeper(folder);
        service = service(NEVER);
    }

    private EmbeddedTransactionService service(Duration interval) {
        return EmbeddedTransactionService.start(TxConfig.of(ensemble.connectString())
                .withRecovery(new CoordinatorSettings.Recovery(interval, Duration.ofMillis(50))));
    }

    @AfterEach
    void stop() {
        service.close();
        ensemble.close();
    }

    private static boolean takesBranches(EmbeddedTransactionService service, String name) {
        GlobalTransaction transaction = service.begin(LONG);
        try {
            return transaction.newBranch(name) != null;
        } catch (TransactionServiceException refused) {
            return false;
        } finally {
            Outcome unused = transaction.rollback("looked at only");
        }
    }

    @Test
    void a_resource_that_has_not_said_which_one_it_is_takes_no_branches_until_it_has() {
        orders.answersNot();
        service.register(orders);

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> service.begin(LONG).newBranch("orders"))
                .withMessageContaining("orders")
                .withMessageContaining("not verified")
                .withMessageContaining("has not answered")
                .matches(TransactionServiceException::isRetrySafe);

        orders.is(ONE);
        Eventually.soon("it takes branches", () -> takesBranches(service, "orders"));
    }

    @Test
    void a_resource_that_cannot_be_reached_is_asked_again_and_says_why_it_takes_no_branches() {
        orders.isAway("connection refused by 10.0.0.7");
        service.register(orders);

        assertThatExceptionOfType(TransactionServiceException.class)
                .isThrownBy(() -> service.begin(LONG).newBranch("orders"))
                .withMessageContaining("connection refused by 10.0.0.7")
                .withMessageContaining("since ");

        int questions = orders.questions();
        Eventually.soon("it is asked again", () -> orders.questions() > questions + 2);
        orders.is(ONE);
        Eventually.soon("it takes branches", () -> takesBranches(service, "orders"));
    }

    @Test
    void a_resource_that_turns_out_to_be_another_than_its_name_stands_for_never_takes_a_branch() {
        service.register(orders);
        EmbeddedTransactionService other = service(NEVER);
        NamedToy impostor = new NamedToy("orders", OTHER);
        impostor.answersNot();
        try {
            other.register(impostor);
            GlobalTransaction transaction = other.begin(LONG);
            CompletableFuture<BranchId> branch = CompletableFuture.supplyAsync(() -> transaction.newBranch("orders"));

            impostor.is(OTHER);

            assertThat(branch).failsWithin(Duration.ofMinutes(2));
            Eventually.soon("it is refused for what it is", () -> {
                try {
                    return other.begin(LONG).newBranch("orders") == null;
                } catch (TransactionServiceException refused) {
                    String why = String.valueOf(refused.getMessage());
                    return why.contains(ONE) && why.contains(OTHER);
                }
            });
        } finally {
            other.close();
        }
    }

    @Test
    void a_first_branch_waits_for_the_answer_and_holds_up_nothing_else() throws Exception {
        orders.answersNot();
        CompletableFuture<Void> registered = CompletableFuture.runAsync(() -> service.register(orders));
        service.register(payments);
        registered.get(120, TimeUnit.SECONDS);
        GlobalTransaction transaction = service.begin(LONG);
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<BranchId> waiting = CompletableFuture.supplyAsync(() -> {
            while (true) {
                attempts.incrementAndGet();
                try {
                    return transaction.newBranch("orders");
                } catch (TransactionServiceException notYet) {
                    assertThat(notYet.isRetrySafe()).isTrue();
                }
            }
        });
        Eventually.soon("it waits", () -> attempts.get() > 0);

        assertThat(transaction.newBranch("payments")).isNotNull();
        assertThat(transaction.isRollbackOnly()).isFalse();
        Eventually.soon("it waits again", () -> attempts.get() > 1);
        assertThat(attempts.get()).as("no busy loop").isLessThan(10);
        orders.is(ONE);

        assertThat(waiting.get(120, TimeUnit.SECONDS)).isNotNull();
    }

    /** It would say that it knows no such branch, and that would pass for the end of one that is still prepared. */
    @Test
    void a_resource_that_turned_out_to_be_another_is_told_nothing_of_earlier_branches() throws Exception {
        service.close();
        service = service(Duration.ofMillis(100));
        AtomicInteger toldToOther = new AtomicInteger();
        ToyResource original = new ToyResource("orders");
        CompletableFuture<Completion> lost = new CompletableFuture<>();
        NamedToy swapped = new NamedToy("orders", ONE) {
            @Override
            public Participant recoverer() {
                return new ToyResource("recoverer") {
                    @Override
                    public CompletionStage<Completion> commit(BranchId branch) {
                        if (says(OTHER)) {
                            toldToOther.incrementAndGet();
                            return CompletableFuture.completedStage(new Completion.NotKnown());
                        }
                        return original.commit(branch);
                    }
                };
            }
        };
        service.register(swapped);
        service.register(payments);
        GlobalTransaction transaction = service.begin(LONG);
        transaction.enlist(transaction.newBranch("orders"), new ToyResource("handle") {
            @Override
            public CompletionStage<Vote> prepare(BranchId branch) {
                return original.prepare(branch);
            }

            @Override
            public CompletionStage<Completion> commit(BranchId branch) {
                return lost;
            }
        });
        transaction.enlist(transaction.newBranch("payments"), payments);
        CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(transaction::commit);
        Eventually.soon("it is decided", () -> payments.count(ToyResource.State.COMMITTED) == 1);

        swapped.is(OTHER);
        Eventually.soon("it is noticed", () -> !takesBranches(service, "orders"));
        int questions = swapped.questions();
        lost.complete(new Completion.Retry("connection reset"));
        Eventually.soon("time has passed", () -> swapped.questions() > questions + 10);
        assertThat(toldToOther).hasValue(0);
        assertThat(original.prepared()).hasSize(1);

        swapped.is(ONE);
        assertThat(outcome.get(120, TimeUnit.SECONDS)).isEqualTo(new Outcome.Committed());
        assertThat(original.count(ToyResource.State.COMMITTED)).isEqualTo(1);
    }
}
