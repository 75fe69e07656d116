package dev.assent.tx.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assent.event.BranchEvent;
import dev.assent.event.Event;
import dev.assent.event.EventListener;
import dev.assent.event.Subscription;
import dev.assent.event.Told;
import dev.assent.event.TransactionEvent;
import dev.assent.store.StoreConfig;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.Vote;
import dev.assent.tx.testing.ApacheZooKeeper;
import dev.assent.tx.testing.ToyResource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // a subscription is held, not used
@Timeout(240)
class TransactionEventsTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @TempDir
    static Path folder;

    private static ApacheZooKeeper ensemble;
    private static EmbeddedTransactionService service;

    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource payments = new ToyResource("payments");

    @BeforeAll
    static void start() throws IOException {
        ensemble = new ApacheZooKeeper(folder);
        service = EmbeddedTransactionService.start(TxConfig.of(ensemble.connectString())
                .withStore(StoreConfig.of(ensemble.connectString()).withSessionTimeout(Duration.ofSeconds(40))));
    }

    @AfterAll
    static void stop() {
        service.close();
        ensemble.close();
    }

    /** Hears one transaction to its end. */
    private static final class Recorder implements EventListener {
        private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

        @Override
        public void heard(Told told) {
            heard.add(told.event());
        }

        @Override
        public void missed(long events) {
            throw new AssertionError("missed " + events);
        }

        /** Those of transactions and branches, up to the first end of a transaction. */
        List<Event> untilEnd() throws InterruptedException {
            List<Event> events = new ArrayList<>();
            while (true) {
                Event next = heard.poll(120, TimeUnit.SECONDS);
                assertThat(next).as("after %s", events).isNotNull();
                if (next instanceof TransactionEvent || next instanceof BranchEvent) {
                    events.add(next);
                }
                if (next instanceof TransactionEvent.Ended) {
                    return events;
                }
            }
        }
    }

    private GlobalTransaction begin(ToyResource... resources) {
        GlobalTransaction transaction = service.begin(TIMEOUT);
        for (ToyResource resource : resources) {
            service.register(resource);
            transaction.enlist(transaction.newBranch(resource.name()), resource);
        }
        return transaction;
    }

    @Test
    void a_commit_is_told_phase_by_phase_and_branch_by_branch() throws InterruptedException {
        Recorder recorder = new Recorder();
        try (Subscription subscription = service.events().subscribe("test", 1_000, recorder)) {
            GlobalTransaction transaction = begin(orders, payments);
            String id = transaction.id();

            assertThat(transaction.commit()).isEqualTo(new Outcome.Committed());

            List<Event> events = recorder.untilEnd();
            assertThat(events.subList(0, 4))
                    .containsExactly(
                            new TransactionEvent.Begun(
                                    id, transaction.deadline().toEpochMilli()),
                            new BranchEvent.Enlisted(id, 1, "orders"),
                            new BranchEvent.Enlisted(id, 2, "payments"),
                            new TransactionEvent.Ending(id, true, 2));
            assertThat(events)
                    .extracting(Event::name)
                    .containsSubsequence(
                            "branch.voted",
                            "branch.voted",
                            "transaction.prepared",
                            "transaction.decided",
                            "branch.ended")
                    .endsWith("transaction.ended")
                    .containsOnlyOnce("transaction.answered");
            TransactionEvent.Ended ended = (TransactionEvent.Ended) events.get(events.size() - 1);
            assertThat(ended.transaction()).isEqualTo(id);
            assertThat(ended.outcome()).isEqualTo(TransactionEvent.Outcome.COMMITTED);
            assertThat(ended.nanos()).isGreaterThan(ended.phaseTwoNanos()).isPositive();
        }
    }

    @Test
    void a_vote_for_rollback_is_told_with_its_cause() throws InterruptedException {
        Recorder recorder = new Recorder();
        try (Subscription subscription = service.events().subscribe("test", 1_000, recorder)) {
            payments.voting(new Vote.Rollback("planted"));
            GlobalTransaction transaction = begin(orders, payments);

            assertThat(transaction.commit()).isInstanceOf(Outcome.RolledBack.class);

            List<Event> events = recorder.untilEnd();
            assertThat(events)
                    .filteredOn(event -> event instanceof BranchEvent.Voted voted && voted.branch() == 2)
                    .extracting(
                            event -> ((BranchEvent.Voted) event).vote(), event -> ((BranchEvent.Voted) event).cause())
                    .containsExactly(tuple(BranchEvent.Vote.ROLLBACK, "planted"));
            assertThat(events).extracting(Event::name).doesNotContain("transaction.decided");
            assertThat(((TransactionEvent.Ended) events.get(events.size() - 1)).outcome())
                    .isEqualTo(TransactionEvent.Outcome.ROLLED_BACK);
        }
    }

    @Test
    void a_listener_that_hangs_holds_up_no_commit() throws InterruptedException {
        BlockingQueue<Told> gate = new LinkedBlockingQueue<>();
        EventListener hung = new EventListener() {
            @Override
            public void heard(Told told) {
                try {
                    gate.take();
                } catch (InterruptedException over) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void missed(long events) {}
        };
        try (Subscription subscription = service.events().subscribe("hung", 1, hung)) {
            for (int i = 0; i < 20; i++) {
                assertThat(begin(orders, payments).commit()).isEqualTo(new Outcome.Committed());
            }
        }
    }
}
