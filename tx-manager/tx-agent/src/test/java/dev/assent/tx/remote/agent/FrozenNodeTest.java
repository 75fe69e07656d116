package dev.assent.tx.remote.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.BeginReply;
import dev.assent.tx.remote.wire.BeginRequest;
import dev.assent.tx.remote.wire.CommitRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.OutcomeReply;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that takes calls and never answers, and one that is announced as its successor. */
class FrozenNodeTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final GlobalTxId OLD = id(1);
    private static final GlobalTxId NEW = id(2);

    private final NodeDirectory directory = new NodeDirectory();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final Deque<Runnable> ends = new ArrayDeque<>();
    private final CompletableFuture<Void> frozenWasCalled = new CompletableFuture<>();
    private final CoordinatorCalls calls = new CoordinatorCalls(
            directory,
            new RemoteConfig(List.of("127.0.0.1:1"), "shop", LONG, LONG, LONG, 10),
            new ClockSkew(System::currentTimeMillis),
            id -> false);

    private static GlobalTxId id(int epoch) {
        return new GlobalTxId(
                new ClusterId(7),
                new EpochKey(Authority.SHARD_2PC, 0, 0),
                epoch,
                1_000,
                new GlobalTxId.Unique(0, epoch));
    }

    private final class Frozen extends CoordinatorGrpc.CoordinatorImplBase {
        @Override
        public void begin(BeginRequest request, StreamObserver<BeginReply> reply) {
            frozenWasCalled.complete(null);
        }

        @Override
        public void commit(CommitRequest request, StreamObserver<OutcomeReply> reply) {
            frozenWasCalled.complete(null);
        }
    }

    private static final class Successor extends CoordinatorGrpc.CoordinatorImplBase {
        @Override
        public void begin(BeginRequest request, StreamObserver<BeginReply> reply) {
            reply.onNext(BeginReply.newBuilder().setGtrid(Wire.gtrid(NEW)).build());
            reply.onCompleted();
        }

        @Override
        public void askOutcome(AskOutcomeRequest request, StreamObserver<OutcomeReply> reply) {
            reply.onNext(Wire.outcome(new Outcome.RolledBack("its coordinator was replaced")));
            reply.onCompleted();
        }
    }

    private void leads(CoordinatorGrpc.CoordinatorImplBase node, int epoch, boolean closing) throws IOException {
        String name = UUID.randomUUID().toString();
        Server server =
                InProcessServerBuilder.forName(name).addService(node).build().start();
        NodeLink link = new NodeLink(
                name, InProcessChannelBuilder.forName(name).build(), directory, NodeStandingsTest.nobody(), timer);
        ends.push(() -> {
            link.close();
            server.shutdownNow();
        });
        directory.leads(
                link,
                List.of(Leading.Shard.newBuilder()
                        .setShard(0)
                        .setEpoch(epoch)
                        .setClosing(closing)
                        .build()));
        calls.leaderChanged();
    }

    @AfterEach
    void end() {
        directory.close();
        ends.forEach(Runnable::run);
        timer.shutdownNow();
    }

    @Test
    void a_commit_that_waits_for_it_asks_the_successor_as_soon_as_that_is_announced() throws Exception {
        leads(new Frozen(), 1, false);
        CompletableFuture<Outcome> committing = CompletableFuture.supplyAsync(() -> calls.commit(OLD, LONG));
        assertThat(frozenWasCalled).succeedsWithin(SOON);

        leads(new Successor(), 2, false);

        assertThat(committing).succeedsWithin(SOON).isInstanceOf(Outcome.RolledBack.class);
    }

    @Test
    void a_begin_that_waits_for_it_is_made_at_the_successor() throws Exception {
        leads(new Frozen(), 1, false);
        CompletableFuture<GlobalTxId> beginning = CompletableFuture.supplyAsync(() -> calls.begin(LONG));
        assertThat(frozenWasCalled).succeedsWithin(SOON);

        leads(new Successor(), 2, false);

        assertThat(beginning).succeedsWithin(SOON).isEqualTo(NEW);
    }

    @Test
    void nothing_is_begun_at_a_node_that_hands_its_shards_over() throws Exception {
        leads(new Frozen(), 1, true);
        CompletableFuture<GlobalTxId> beginning = CompletableFuture.supplyAsync(() -> calls.begin(LONG));

        leads(new Successor(), 2, false);

        assertThat(beginning).succeedsWithin(SOON).isEqualTo(NEW);
        assertThat(frozenWasCalled).isNotDone();
    }
}
