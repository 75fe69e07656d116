package dev.assent.rm.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import dev.assent.tx.model.BranchId;
import dev.assent.tx.model.Completion;
import dev.assent.tx.model.Decision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random lives of one log: votes, deaths and take-overs, the decisions of superiors told early, late, twice and to
 * processes that lost the log, and resources that come and go. After each step no branch has ended otherwise than its
 * superior decided, and whoever owns the log names every branch in doubt. In the end nothing is left.
 */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubordinateSwarmTest {
    /** Each takes a second; more of them: -Dassent.swarm=100. */
    private static final int SEEDS = Integer.getInteger("assent.swarm", 3);

    /** The first that found something. */
    private static final int FIRST_SEED = 7;

    private static final int STEPS = 60;
    private static final int TRANSACTIONS = 6;
    private static final int RESOURCES = 3;

    private StoreMake.RunningStore store;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        store = StoreMake.ASSENT.start(directory);
    }

    @AfterAll
    void stop() {
        store.close();
    }

    @Test
    void whatever_dies_in_whatever_order_each_branch_ends_as_its_superior_decided() throws Exception {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try (Life life = new Life(seed)) {
                life.live();
            } catch (AssertionError wrong) {
                throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
            }
        }
    }

    /** One imported transaction, and what its superior thinks of it. */
    private static final class Imported {
        private final BranchId branch;
        private final String id;
        private final List<PreparedBranches> where = new ArrayList<>();
        private Optional<Decision> decision = Optional.empty();
        private boolean voted;

        Imported(int number, String id) {
            byte[] gtrid = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
            branch = new BranchId(BranchId.FORMAT_ID, gtrid, new byte[] {1});
            this.id = id;
        }
    }

    private final class Life implements AutoCloseable {
        private final String name;
        private final SplittableRandom random;
        private final List<PreparedBranches> all = new ArrayList<>();
        private final List<RecoverableResource> registered = new CopyOnWriteArrayList<>();
        private final List<Imported> imported = new ArrayList<>();
        private final List<ReplicatedLog> processes = new ArrayList<>();

        Life(int seed) throws IOException {
            name = "life" + seed;
            random = new SplittableRandom(seed);
            for (int i = 0; i < RESOURCES; i++) {
                all.add(new PreparedBranches("r" + i));
            }
            registered.addAll(all);
            restart();
        }

        /** The process before lives on as one that does not know that it lost the log. */
        private void restart() throws IOException {
            processes.add(ReplicatedLog.open(
                    new LogSettings(
                            store.connect(),
                            name,
                            name,
                            Optional.empty(),
                            Duration.ofSeconds(20),
                            Duration.ofSeconds(20),
                            Duration.ofMillis(1)),
                    () -> registered));
        }

        private ReplicatedLog owner() {
            return processes.get(processes.size() - 1);
        }

        void live() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            registered.clear();
            registered.addAll(all);
            for (Imported each : imported) {
                decide(each);
                tell(owner(), each);
                check();
            }
            assertThat(owner().isActive()).isTrue();
            assertThat(all)
                    .allSatisfy(resource -> assertThat(resource.prepared()).isEmpty());
            assertThat(owner().getPendingTransactionRecords()).isEmpty();
        }

        private void step() throws Exception {
            switch (random.nextInt(9)) {
                case 0, 1 -> begin();
                case 2 -> assertThat(owner().isActive()).isTrue();
                case 3 -> restart();
                case 4 -> comeOrGo();
                case 5 -> anyOf(imported).ifPresent(this::decide);
                case 6, 7 -> tellAny(owner());
                default -> askAnOldProcess();
            }
        }

        private void begin() throws LogWriteException {
            if (imported.size() == TRANSACTIONS) {
                return;
            }
            Imported begun =
                    new Imported(imported.size(), name + 1_600_000_000_000L + String.format("%05d", imported.size()));
            imported.add(begun);
            TreeSet<String> names = new TreeSet<>();
            for (PreparedBranches resource : all) {
                if (names.isEmpty() || random.nextBoolean()) {
                    resource.prepare(begun.id, name);
                    begun.where.add(resource);
                    names.add(resource.getName());
                }
            }
            if (random.nextInt(5) > 0) {
                owner().write(new PendingTransactionRecord(
                        begun.id, TxState.IN_DOUBT, 1, name, new Superior(begun.branch, names).uri()));
                begun.voted = true;
            }
        }

        private <T> Optional<T> anyOf(List<T> some) {
            return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
        }

        /** Who has not voted cannot be told to commit. */
        private void decide(Imported each) {
            if (each.decision.isEmpty()) {
                each.decision = Optional.of(each.voted && random.nextBoolean() ? Decision.COMMIT : Decision.ABORT);
            }
        }

        private void comeOrGo() {
            PreparedBranches resource = all.get(random.nextInt(all.size()));
            if (!registered.remove(resource)) {
                registered.add(resource);
            }
        }

        private void tellAny(ReplicatedLog process) {
            anyOf(imported).filter(each -> each.decision.isPresent()).ifPresent(each -> tell(process, each));
        }

        private void tell(ReplicatedLog process, Imported each) {
            Completion answer = process.subordinates().end(each.branch, each.decision.orElseThrow());
            boolean over = answer instanceof Completion.Done || answer instanceof Completion.NotKnown;
            if (process == owner()) {
                assertThat(over || answer instanceof Completion.Retry)
                        .as("%s", answer)
                        .isTrue();
            }
            if (process == owner() && each.voted && over) {
                assertThat(each.where)
                        .allSatisfy(resource -> assertThat(resource.prepared()).doesNotContain(each.id));
            }
        }

        private void askAnOldProcess() {
            if (processes.size() > 1) {
                ReplicatedLog old = processes.get(random.nextInt(processes.size() - 1));
                assertThatThrownBy(() -> old.subordinates().inDoubt()).isInstanceOf(IOException.class);
                assertThat(old.isActive()).isFalse();
                tellAny(old);
            }
        }

        private void check() throws IOException {
            List<BranchId> inDoubt = owner().subordinates().inDoubt();
            for (Imported each : imported) {
                for (PreparedBranches resource : each.where) {
                    checkEnd(each, resource);
                }
                if (each.voted
                        && each.where.stream()
                                .anyMatch(resource -> resource.prepared().contains(each.id))) {
                    assertThat(inDoubt).contains(each.branch);
                }
            }
        }

        private void checkEnd(Imported each, PreparedBranches resource) {
            if (resource.committed().contains(each.id)) {
                assertThat(each.decision).contains(Decision.COMMIT);
            } else if (resource.rolledBack().contains(each.id)) {
                assertThat(!each.voted || each.decision.equals(Optional.of(Decision.ABORT)))
                        .as("transaction %s voted and was rolled back: %s", each.id, each.decision)
                        .isTrue();
            }
        }

        @Override
        public void close() {
            processes.forEach(ReplicatedLog::close);
        }
    }
}
