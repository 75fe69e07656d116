package dev.assent.tx.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.protocol.TransactionInput;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Participant;
import dev.assent.tx.testing.ToyResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Another protocol than two-phase commit is driven by the same shell: callers, deadlines, branches, listeners. */
class ProtocolSeamTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final GlobalTxId ID = new GlobalTxId(
            new ClusterId(1),
            new EpochKey(Authority.EMBEDDED_2PC, 1, 1),
            0,
            Long.MAX_VALUE,
            new GlobalTxId.Unique(1, 1));

    private final Workers workers = new Workers("seam-test", new CoordinatorSettings.Limits(2, 100));
    private final ToyResource orders = new ToyResource("orders");
    private final ToyResource stock = new ToyResource("stock");
    private final ToyResource payments = new ToyResource("payments");
    private final List<Outcome> heard = new CopyOnWriteArrayList<>();
    private final List<GlobalTxId> finished = new CopyOnWriteArrayList<>();
    private final List<List<Integer>> rows = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void branches_are_told_to_commit_once_the_row_of_the_commit_point_is_there() {
        TransactionRun<?, ?> run = run(Decision.COMMIT);

        run.start();

        assertThat(run.await(PATIENCE)).isEqualTo(new Outcome.Committed());
        assertThat(rows).containsExactly(List.of(1, 2));
        assertThat(orders.calls()).isEmpty();
        assertThat(stock.calls()).containsExactly("prepare", "commit");
        assertThat(payments.calls()).containsExactly("prepare", "commit");
        assertThat(heard).containsExactly(new Outcome.Committed());
        assertThat(finished).containsExactly(ID);
    }

    @Test
    void a_row_that_somebody_else_put_there_is_obeyed() {
        TransactionRun<?, ?> run = run(Decision.ABORT);

        run.start();

        assertThat(run.await(PATIENCE)).isInstanceOf(Outcome.RolledBack.class);
        assertThat(stock.calls()).containsExactly("prepare", "rollback");
    }

    @Test
    void a_branch_that_refuses_keeps_the_row_from_being_written() {
        payments.voting(new Vote.Rollback("no money"));
        TransactionRun<?, ?> run = run(Decision.COMMIT);

        run.start();

        assertThat(run.await(PATIENCE)).isEqualTo(new Outcome.RolledBack("no money"));
        assertThat(rows).isEmpty();
    }

    @Test
    void its_deadline_is_told_to_it_as_to_any_other() {
        CountDownLatch tooLate = new CountDownLatch(1);
        stock.whenPrepared(() -> await(tooLate));
        TransactionRun<?, ?> run = run(Decision.COMMIT);
        run.start();

        run.expire("too late");
        tooLate.countDown();

        assertThat(run.await(PATIENCE)).isEqualTo(new Outcome.RolledBack("too late"));
        assertThat(rows).isEmpty();
    }

    @Test
    void a_deadline_that_passes_before_the_start_comes_after_the_first_input() {
        TransactionRun<?, ?> run = run(Decision.COMMIT);

        run.expire("too late");
        run.start();

        assertThat(run.await(PATIENCE)).isEqualTo(new Outcome.RolledBack("too late"));
        assertThat(rows).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            boolean unused = latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TransactionRun<?, ?> run(Decision found) {
        List<Branch> branches = new ArrayList<>();
        for (ToyResource resource : List.of(orders, stock, payments)) {
            BranchName name = new BranchName(new ResourceName(resource.name()).hash(), branches.size(), 1);
            branches.add(new Branch(name.in(ID), name, resource));
        }
        Around around = new Around();
        TransactionRun<?, ?> run = new TransactionRun<>(
                around,
                ID,
                new CommitPointSketch(branches.size(), new Backoff(1, 10)),
                TransactionNews.SILENT,
                made -> new SketchEffects(around, branches, made, found));
        run.beginsWith(new TransactionInput.CommitAsked());
        return run;
    }

    /** All that a protocol adds to the shell: what it wants of the holder of its decision. */
    private final class SketchEffects extends BranchEffects<CommitPointSketch.Inputs>
            implements CommitPointSketch.Commands {
        private final TransactionRun<CommitPointSketch.Inputs, ?> run;
        private final Decision found;

        SketchEffects(
                Around around, List<Branch> branches, TransactionRun<CommitPointSketch.Inputs, ?> run, Decision found) {
            super(around, ID, branches, run);
            this.run = run;
            this.found = found;
        }

        @Override
        public void insertRow(CommitPointSketch.InsertRow command) {
            rows.add(command.prepared());
            run.post(new CommitPointSketch.Decided(found));
        }
    }

    private final class Around implements TransactionRun.Host, BranchEffects.Context {

        @Override
        public Workers workers() {
            return workers;
        }

        @Override
        public CompletionStage<Void> learned(GlobalTxId transaction, Outcome outcome) {
            heard.add(outcome);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void finished(GlobalTxId transaction) {
            finished.add(transaction);
        }

        @Override
        public HeuristicLedger ledger() {
            throw new IllegalStateException("no branch decides by itself here");
        }

        @Override
        public boolean mayBeEndedByRecovery(GlobalTxId transaction) {
            return false;
        }

        @Override
        public Participant recovererFor(Branch branch) {
            return branch.participant();
        }

        @Override
        public String resourceName(BranchName branch) {
            return branch.resource().toString();
        }
    }
}
