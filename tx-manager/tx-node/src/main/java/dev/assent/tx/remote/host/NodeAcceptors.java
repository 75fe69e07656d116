package dev.assent.tx.remote.host;

import dev.assent.security.CertifiedName;
import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.bulkhead.Guarded;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.acceptor.AcceptorChannels;
import dev.assent.tx.remote.acceptor.AcceptorChannels.By;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * prepared asks them, so it is enough that one of those lives. Where rules say which service may serve which resource, only
 * those are asked that may serve the branch's; who asks without a branch hears what was chosen, and decides nothing.
 */
public final class NodeAcceptors implements Acceptors, AutoCloseable {
    /** How long a termination is waited for; it goes on after that, and the next who asks shares it. */
    private static final long PATIENCE_MILLIS = 4_000;

    /** Between two attempts to learn the other nodes' acceptors, and between two looks at what may be dropped. */
    private static final long TIDY_MILLIS = 2_000;

    /** What answers from this process count as. */
    private static final CertifiedName HERE = new CertifiedName(Role.NODE, "here");

    private final AcceptorLog log;
    private final AcceptorHost host;
    private final AcceptorChannels channels;
    private final AcceptorRoutes routes;
    private final AcceptorLists lists;
    private final NodeRights rights;
    private final Terminations terminations;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<String, AcceptorAddresses.Entry> others = new ConcurrentHashMap<>();
    private volatile Collection<String> otherAddresses = List.of();
    private volatile Optional<AcceptorAddresses.Entry> own = Optional.empty();
    private volatile Supplier<List<AcceptorLists.Witness>> services = List::of;
    private volatile AgentRules rules = AgentRules.NONE;

    private NodeAcceptors(AcceptorLog log, Function<String, ManagedChannel> dial, Clock clock) {
        this.log = log;
        this.clock = clock;
        host = new AcceptorHost(log, AcceptorHost.Limits.DEFAULT);
        channels = new AcceptorChannels(dial);
        lists = new AcceptorLists(channels);
        rights = new NodeRights(host, clock);
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
        return new AcceptorEndpoint(
                host,
                cluster::equals,
                (transaction, chosen) -> {
                    terminations.told(transaction, chosen);
                    return chosen == Decision.COMMIT
                            ? learned.apply(transaction)
                            : CompletableFuture.completedStage(null);
                },
                rights);
    }

    /** The services that are attached, each of which may know the acceptors of a transaction, and what they may. */
    void attached(Supplier<List<AcceptorLists.Witness>> attached, AgentRules given) {
        services = attached;
        rules = given;
        rights.rules(given);
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
    public CompletionStage<Answer> terminate(GlobalTxId transaction, Optional<ResourceName.Hash> preparedAt) {
        AgentRules given = rules;
        List<AcceptorLists.Witness> asked = services.get().stream()
                .filter(witness -> preparedAt.isEmpty() || given.letServe(witness.service(), preparedAt.get()))
                .toList();
        boolean mayPropose = preparedAt.isPresent() || !given.areGiven();
        return lists.find(transaction, asked)
                .thenCompose(found -> found.accept(new Conclusion(transaction, mayPropose)));
    }

    /** One method a finding. */
    private final class Conclusion implements AcceptorLists.Found.Handler<CompletionStage<Answer>> {
        private final GlobalTxId transaction;
        private final boolean mayPropose;

        /** @param mayPropose whether the list is as good as the right to serve what was found prepared */
        Conclusion(GlobalTxId transaction, boolean mayPropose) {
            this.transaction = transaction;
            this.mayPropose = mayPropose;
        }

        @Override
        public CompletionStage<Answer> agreed(AcceptorLists.Found.Agreed found) {
            return mayPropose
                    ? decided(transaction, found.acceptors())
                    : new ChosenReading(
                                    transaction, found.acceptors(), (to, request) -> askWho(to, transaction, request))
                            .read();
        }

        @Override
        public CompletionStage<Answer> nobody(AcceptorLists.Found.Nobody found) {
            return CompletableFuture.completedStage(new Answer.Undecided(
                    "its acceptors decide it, and no connected service that may be asked knows who they are; one that"
                            + " voted in it does: start it again, with its acceptor's log"));
        }

        @Override
        public CompletionStage<Answer> contradiction(AcceptorLists.Found.Contradiction found) {
            return CompletableFuture.completedStage(new Answer.Undecided(found.why()));
        }
    }

    private CompletionStage<By<AcceptorReply>> askWho(
            AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
        return to.acceptor().equals(host.id())
                ? host.ask(transaction, request).thenApply(reply -> new By<>(reply, Optional.of(Set.of(HERE))))
                : channels.askWho(to, transaction, request);
    }

    private CompletionStage<Answer> decided(GlobalTxId transaction, AcceptorAddresses acceptors) {
        return terminations
                .suspect(transaction, acceptors)
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((chosen, none) -> {
                    if (none instanceof IllegalStateException contradicted) {
                        return new Answer.Undecided(String.valueOf(contradicted.getMessage()));
                    }
                    if (none != null) {
                        return new Answer.Undecided(terminations
                                .delay(transaction)
                                .orElse("its acceptors have not decided within " + PATIENCE_MILLIS + " ms"));
                    }
                    return chosen.<Answer>map(Answer.Chosen::new).orElseGet(Answer.Forgotten::new);
                });
    }

    @Override
    public void close() {
        timer.shutdownNow();
        channels.close();
        log.close();
    }
}
