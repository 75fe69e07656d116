package dev.assent.tx.remote.host;

import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Guarded;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.acceptor.AcceptorChannels;
import dev.assent.tx.remote.acceptor.AcceptorEndpoint;
import dev.assent.tx.remote.acceptor.AcceptorHost;
import dev.assent.tx.remote.acceptor.AcceptorRoutes;
import dev.assent.tx.remote.acceptor.FileAcceptorLog;
import dev.assent.tx.remote.acceptor.Terminations;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import dev.assent.tx.spi.Acceptors;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * This node as an acceptor of three-phase transactions, and its way to the others. Thread-safe; nothing blocks.
 *
 * <p>A node keeps no list of a transaction's acceptors: the services that voted in it do. Whoever finds a branch of it
 * prepared asks them, so it is enough that one of those lives.
 */
public final class NodeAcceptors implements Acceptors, AutoCloseable {
    /** How long a termination is waited for; it goes on after that, and the next who asks shares it. */
    private static final long PATIENCE_MILLIS = 4_000;

    /** Between two attempts to learn the other nodes' acceptors, and between two looks at what may be dropped. */
    private static final long TIDY_MILLIS = 2_000;

    private final AcceptorLog log;
    private final AcceptorHost host;
    private final AcceptorChannels channels;
    private final AcceptorRoutes routes;
    private final Terminations terminations;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<String, AcceptorAddresses.Entry> others = new ConcurrentHashMap<>();
    private volatile Collection<String> otherAddresses = List.of();
    private volatile Optional<AcceptorAddresses.Entry> own = Optional.empty();
    private volatile Supplier<List<AcceptorAddresses.Entry>> agents = List::of;

    private NodeAcceptors(AcceptorLog log, Function<String, ManagedChannel> dial, Clock clock) {
        this.log = log;
        this.clock = clock;
        host = new AcceptorHost(log, AcceptorHost.Limits.DEFAULT);
        channels = new AcceptorChannels(dial);
        routes = AcceptorRoutes.around(host, channels);
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "assent-acceptors");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        terminations = new Terminations(routes, timer);
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                new Guarded("the tidying of acceptors", this::tidy), TIDY_MILLIS, TIDY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens this node's log in {@code directory}.
     *
     * @throws IOException another process has it, or it cannot be used; the message names the remedy
     */
    public static NodeAcceptors open(Path directory, GrpcSecurity security) throws IOException {
        return new NodeAcceptors(
                FileAcceptorLog.open(directory, FileAcceptorLog.Limits.DEFAULT),
                target -> security.dial(target, Role.NODE, Role.AGENT)
                        .directExecutor()
                        .build(),
                Clock.SYSTEM);
    }

    /**
     * Its face on the network; {@code learned} is told what nodes have learned from acceptors. What a service tells is not
     * believed here: it tells it to the coordinator's endpoint as well, which asks the acceptors first.
     */
    BindableService service(ClusterId cluster, Function<GlobalTxId, CompletionStage<Void>> learned) {
        return new AcceptorEndpoint(host, cluster::equals, (transaction, chosen) -> {
            if (!Callers.Caller.current().mayBeNode()) {
                return CompletableFuture.completedStage(null);
            }
            terminations.told(transaction, chosen);
            return chosen == Decision.COMMIT ? learned.apply(transaction) : CompletableFuture.completedStage(null);
        });
    }

    /** The services that are attached, each of which may know the acceptors of a transaction. */
    void attached(Supplier<List<AcceptorAddresses.Entry>> services) {
        agents = services;
    }

    /** From now on this node is asked there; before, it begins no three-phase transaction. */
    public void reachedAt(String address) {
        own = Optional.of(new AcceptorAddresses.Entry(host.id(), address));
    }

    /** The other nodes; those that keep an acceptor's log are asked for its name. */
    public void othersAt(Collection<String> addresses) {
        otherAddresses = List.copyOf(addresses);
        others.keySet().retainAll(addresses);
        introduce();
    }

    /** A node that was started again without its log is another acceptor; so each is asked again and again. */
    private void introduce() {
        for (String address : otherAddresses) {
            CompletionStage<?> unused = channels.introduce(address).whenComplete((entry, failed) -> {
                if (entry != null && otherAddresses.contains(address)) {
                    others.put(address, entry);
                } else {
                    others.remove(address); // a set that is made now does without it
                }
            });
        }
    }

    private void tidy() {
        introduce();
        terminations.tellStuck();
        CompletionStage<Void> unused = host.tidy(clock.epochMillis());
    }

    @Override
    public List<AcceptorAddresses.Entry> ofNodes() {
        return Stream.concat(own.stream(), own.isPresent() ? others.values().stream() : Stream.empty())
                .toList();
    }

    @Override
    public CompletionStage<AcceptorReply> ask(
            AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
        return routes.ask(to, transaction, request);
    }

    @Override
    public CompletionStage<Answer> terminate(GlobalTxId transaction) {
        return find(transaction)
                .thenCompose(known -> known.isEmpty()
                        ? CompletableFuture.completedStage(new Answer.Undecided(
                                "its acceptors decide it, and no connected service knows who they are; one that voted in it"
                                        + " does: start it again, with its acceptor's log"))
                        : terminate(transaction, known.get()));
    }

    private CompletionStage<Answer> terminate(GlobalTxId transaction, AcceptorAddresses acceptors) {
        return terminations
                .suspect(transaction, acceptors)
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((chosen, none) -> {
                    if (none != null) {
                        return new Answer.Undecided(terminations
                                .delay(transaction)
                                .orElse("its acceptors have not decided within " + PATIENCE_MILLIS + " ms"));
                    }
                    return chosen.<Answer>map(Answer.Chosen::new).orElseGet(Answer.Forgotten::new);
                });
    }

    /** The first answer that names them; empty when all have answered, or failed to, and none does. */
    private CompletionStage<Optional<AcceptorAddresses>> find(GlobalTxId transaction) {
        CompletableFuture<Optional<AcceptorAddresses>> found = new CompletableFuture<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (AcceptorAddresses.Entry service : agents.get()) {
            asked.add(channels.find(service, transaction)
                    .thenAccept(known -> known.ifPresent(acceptors -> found.complete(Optional.of(acceptors))))
                    .toCompletableFuture());
        }
        CompletableFuture<Void> unused = CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .whenComplete((all, failed) -> found.complete(Optional.empty()));
        return found;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        channels.close();
        log.close();
    }
}
