package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.testing.Eventually;
import dev.assent.tx.testing.ToyResource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is its transactions' only acceptor, and whose coordinators are dead. */
class AwaitedDecisionsTest {
    private static final long DEADLINE = 1_000;

    @TempDir
    private Path directory;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LocalParts parts = new LocalParts(10, Runnable::run);
    private final ToyResource orders = new ToyResource("orders");
    private final Map<GlobalTxId, BranchRun> branches = new ConcurrentHashMap<>();
    private final Set<GlobalTxId> obeyed = ConcurrentHashMap.newKeySet();
    /** How often an attempt still meets a bug. */
    private final Map<GlobalTxId, Integer> bugs = new ConcurrentHashMap<>();

    private final AtomicLong nowMillis = new AtomicLong(DEADLINE + 1);
    private ThreePhaseAgent acceptor;
    private AwaitedDecisions decisions;

    @BeforeEach
    void start() {
        Clock clock = new Clock() {
            @Override
            public long epochMillis() {
                return nowMillis.get();
            }

            @Override
            public long nanos() {
                return TimeUnit.MILLISECONDS.toNanos(nowMillis.get());
            }
        };
        acceptor = ThreePhaseAgent.start(
                new AcceptorConfig(directory, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                cluster -> true,
                timer,
                GrpcSecurity.NONE,
                clock);
        decisions = new AwaitedDecisions(
                acceptor,
                new Suspicions(new AgentId(1, 1), new NodeDirectory(), clock),
                parts,
                new Effects(),
                clock,
                timer);
    }

    @AfterEach
    void stop() {
        acceptor.close();
        timer.shutdownNow();
    }

    private final class Effects implements AwaitedDecisions.Effects {
        @Override
        public CompletionStage<Void> obey(LocalPart part, Outcome outcome) {
            if (bugs.merge(part.id(), -1, Integer::sum) >= 0) {
                throw new IllegalStateException("a bug");
            }
            obeyed.add(part.id());
            return Optional.ofNullable(branches.get(part.id()))
                    .orElseThrow()
                    .rollback()
                    .thenCompose(done -> parts.ended(part.id(), outcome));
        }

        @Override
        public CompletionStage<Void> record(GlobalTxId transaction) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public Outcome ask(GlobalTxId transaction) {
            return new Outcome.Unknown("nobody is asked here");
        }

        @Override
        public void learned() {}
    }

    private GlobalTxId voted(int number) {
        GlobalTxId transaction = new GlobalTxId(
                new ClusterId(7),
                new EpochKey(Authority.PAXOS_3PC, 3, 0),
                2,
                DEADLINE,
                new GlobalTxId.Unique(number, number));
        LocalPart part = parts.open(transaction);
        BranchRun branch = new BranchRun(
                new BranchName(new ResourceName("orders").hash(), part.nextBranchNumber(), 5).in(transaction), orders);
        assertThat(part.add(branch)).isTrue();
        branches.put(transaction, branch);
        AcceptorAddresses alone = AcceptorWire.all(List.of(acceptor.address()));
        assertThat(acceptor.canCommit(part, branch, alone))
                .succeedsWithin(120, TimeUnit.SECONDS)
                .isEqualTo(new Vote.Prepared());
        return transaction;
    }

    /** As its schedule does, which an exception would end. */
    private void lookUntil(String what, BooleanSupplier isSo) {
        Eventually.soon(what, () -> {
            nowMillis.addAndGet(1_000);
            decisions.look();
            return isSo.getAsBoolean();
        });
    }

    @Test
    void a_bug_about_one_transaction_costs_one_attempt_and_no_other_transaction() {
        GlobalTxId first = voted(1);
        GlobalTxId second = voted(2);
        // The first attempt follows the acceptors' answer, the second comes with a look.
        bugs.put(first, 2);
        bugs.put(second, 2);

        lookUntil("both are obeyed", () -> obeyed.containsAll(List.of(first, second)));

        assertThat(bugs).containsEntry(first, -1).containsEntry(second, -1);
    }

    @Test
    void what_its_coordinator_did_not_live_to_have_forgotten_leaves_nothing_in_the_log() {
        for (int number = 0; number < 10; number++) {
            voted(number);
        }

        lookUntil("all are obeyed", () -> obeyed.size() == 10);
        nowMillis.addAndGet(60_000);
        lookUntil("all are forgotten", () -> acceptor.known() == 0);
    }
}
