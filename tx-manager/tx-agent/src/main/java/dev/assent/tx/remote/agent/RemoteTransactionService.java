package dev.assent.tx.remote.agent;

import dev.assent.event.EventSource;
import dev.assent.event.EventStream;
import dev.assent.security.Role;
import dev.assent.security.Security;
import dev.assent.settings.SettingsException;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import dev.assent.tx.api.Protocol;
import dev.assent.tx.api.ServiceStatus;
import dev.assent.tx.api.TransactionService;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.bulkhead.Guarded;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.Outcome;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.TransactionToken;
import dev.assent.tx.remote.AgentId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AgentMessage;
import dev.assent.tx.remote.wire.Command;
import dev.assent.tx.remote.wire.Ended;
import dev.assent.tx.remote.wire.JoinRequest;
import dev.assent.tx.remote.wire.Leading;
import dev.assent.tx.remote.wire.NameAnswer;
import dev.assent.tx.remote.wire.NamedResource;
import dev.assent.tx.remote.wire.Request;
import dev.assent.tx.spi.ResourceManager;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Global transactions coordinated by remote nodes. One a process; thread-safe.
 *
 * <p>Threads: gRPC's own read the links and begin commands, which go on in the bulkheads of their resources; one timer
 * thread redials and begins to look after branches whose end nobody told, about which a thread of its own asks;
 * applications' callbacks have a pool.
 */
public final class RemoteTransactionService implements TransactionService {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteTransactionService.class);
    /** Applications' callbacks at once. */
    private static final int LISTENER_THREADS = 32;

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
    /** Between two looks at which resource is behind a name. */
    private static final Duration IDENTITY_INTERVAL = Duration.ofSeconds(5);

    /** Between two looks at what decisions are awaited of coordinators. */
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    /** How long a node may take to record a decision; then it is told again. */
    private static final Duration RECORD_PATIENCE = Duration.ofSeconds(5);

    /** How long a registration waits to learn whether the name stands for another resource. */
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(2);

    /** For commands under way, at close; a process is to end in 5 s whatever its databases and nodes do. */
    private static final Duration COMMANDS_PATIENCE = Duration.ofMillis(1_500);

    private static final Duration CLOSE_PATIENCE = Duration.ofMillis(1_500);

    private final AgentId agent;
    private final RemoteConfig config;
    private final Clock clock;
    private final EventStream events;
    private final ClockSkew skew;
    private final NodeDirectory directory = new NodeDirectory();
    private final LocalParts parts;
    private final BranchCommands commands;
    private final CoordinatorCalls calls;
    private final OriginatorEnd end;
    private final Sweeper sweeper;
    private final Suspicions suspicions;
    private final List<NodeLink> links = new ArrayList<>();
    private final ExecutorService listeners;
    private final ExecutorService questions;
    private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    /** Written by who closes an epoch for names, so that none is begun that he does not know of. */
    private final ReadWriteLock naming = new ReentrantReadWriteLock();

    private final Map<String, Object> registrations = new ConcurrentHashMap<>();
    private final AtomicLong commandsBegun = new AtomicLong();
    private final ScheduledExecutorService timer;
    private final Optional<Security> security;
    private final GrpcSecurity grpc;
    private final Optional<ThreePhaseAgent> threePhase;
    private final Optional<AwaitedDecisions> decisions;
    private @Nullable Future<?> sweeping;

    private RemoteTransactionService(RemoteConfig config, Clock clock) {
        config.threePhase()
                .ifPresent(
                        acceptor -> acceptor.requireLoopbackUnless(config.tls().isPresent()));
        this.security = security(config);
        this.grpc = security.map(GrpcSecurity::of).orElse(GrpcSecurity.NONE);
        SecureRandom random = new SecureRandom();
        this.agent = new AgentId(random.nextLong(), random.nextLong());
        this.config = config;
        this.clock = clock;
        this.events = new EventStream(clock);
        this.skew = new ClockSkew(clock);
        this.listeners = AgentThreads.pool("assent-listener", LISTENER_THREADS);
        this.parts = new LocalParts(config.branchesMax(), listeners);
        this.timer = AgentThreads.timer("assent-agent-timer");
        this.threePhase = config.threePhase()
                .map(acceptor -> ThreePhaseAgent.start(
                        acceptor,
                        cluster -> directory.cluster().map(cluster::equals).orElse(true),
                        timer,
                        grpc,
                        clock));
        this.commands =
                threePhase.map(agent -> new BranchCommands(parts, agent)).orElseGet(() -> new BranchCommands(parts));
        threePhase.ifPresent(acceptor -> acceptor.asking(new PastVotes(commands, clock)));
        this.calls = new CoordinatorCalls(
                directory,
                config,
                skew,
                id -> parts.find(id).filter(LocalPart::isNotReadOnly).isPresent(),
                id -> id.key().authority() == Authority.PAXOS_3PC ? parts.heard(id) : Optional.empty());
        this.questions = AgentThreads.pool("assent-sweep", 1);
        this.end = new OriginatorEnd(agent, commands, parts, calls);
        this.sweeper = new Sweeper(parts, directory, this::askAbout, clock, questions);
        this.suspicions = new Suspicions(agent, directory, clock);
        this.decisions = threePhase.map(
                acceptor -> new AwaitedDecisions(acceptor, suspicions, parts, new Decided(), clock, questions));
    }

    /**
     * Connects to the nodes named in {@code config}, and returns when the first of them has answered.
     *
     * @throws TransactionServiceException none answered in time; the message names the targets and the remedy
     */
    public static RemoteTransactionService connect(RemoteConfig config) {
        RemoteTransactionService service = new RemoteTransactionService(config, Clock.SYSTEM);
        service.start(target -> AgentThreads.channel(service.grpc, target, Role.NODE));
        return service;
    }

    private static Optional<Security> security(RemoteConfig config) {
        try {
            return config.tls().isPresent()
                    ? Optional.of(Security.open(config.tls().get()))
                    : Optional.empty();
        } catch (SettingsException unusable) {
            throw new TransactionServiceException(String.valueOf(unusable.getMessage()), false, unusable);
        }
    }

    /** The same with a clock and a way to dial of the caller's own. */
    public static RemoteTransactionService connect(
            RemoteConfig config, Clock clock, Function<String, ManagedChannel> dial) {
        RemoteTransactionService service = new RemoteTransactionService(config, clock);
        service.start(dial);
        return service;
    }

    private void start(Function<String, ManagedChannel> dial) {
        Agent owner = new Agent();
        for (String target : config.targets()) {
            links.add(new NodeLink(target, dial.apply(target), directory, owner, timer));
        }
        links.forEach(NodeLink::dial);
        sweeping = timer.scheduleWithFixedDelay(
                new Guarded("the search for transactions without an answer", sweeper::sweep),
                SWEEP_INTERVAL.toMillis(),
                SWEEP_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                new Guarded("the question to resources who they are", this::askResources),
                IDENTITY_INTERVAL.toMillis(),
                IDENTITY_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
        decisions.ifPresent(awaited -> {
            ScheduledFuture<?> unusedLook = timer.scheduleWithFixedDelay(
                    new Guarded("the look at awaited decisions", awaited::look),
                    LOOK_INTERVAL.toMillis(),
                    LOOK_INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        });
        try {
            if (directory.awaitCluster(config.connectTimeout()).isEmpty()) {
                close();
                throw new TransactionServiceException(
                        "no coordinator node answered at " + String.join(", ", config.targets()) + " within "
                                + config.connectTimeout().toSeconds()
                                + " s. Start the nodes (assent node), or correct the targets.",
                        true);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            close();
            throw new TransactionServiceException("interrupted while connecting", true, interrupted);
        }
    }

    @Override
    public void register(ResourceManager resource) {
        ResourceName unused = new ResourceName(resource.name()); // nodes refuse the whole service for a wrong one
        if (resource.decisions().isPresent()) {
            throw new TransactionServiceException(
                    "resource '" + resource.name() + "' is to decide transactions by rows of its own, which only a"
                            + " coordinator in the application's process can leave to it; coordinator nodes decide in"
                            + " their store: register it without, or connect to the store itself",
                    false);
        }
        // One registration of a name at a time, so that each knows which resource to put back if it is refused.
        synchronized (registrations.computeIfAbsent(resource.name(), name -> new Object())) {
            registerNow(resource);
        }
    }

    private void registerNow(ResourceManager resource) {
        AgentResource added = new AgentResource(resource, timer, clock, this::introduce);
        Optional<AgentResource> earlier = commands.register(added);
        introduce();
        added.begin();
        added.awaitJudged(REGISTRATION_PATIENCE);
        Optional<AgentResource.Objection> refusal = added.objection().filter(objection -> !objection.mayPass());
        if (refusal.isEmpty()) {
            events.lane(resource.name(), resource.lane());
            earlier.ifPresent(AgentResource::close);
            return;
        }
        commands.replace(added, earlier);
        introduce();
        throw new TransactionServiceException(refusal.get().why(), false);
    }

    /** How a transaction ended that nobody has told of; what is certain here is not asked. */
    private Outcome askAbout(LocalPart part) {
        if (part.isGivenUp()) {
            return end.expired(part);
        }
        if (part.id().key().authority() != Authority.PAXOS_3PC) {
            return calls.askNow(part.id());
        }
        if (part.isRefused()) {
            return new Outcome.RolledBack("a branch was rolled back before it was asked to prepare");
        }
        // A node would ask the same acceptors, for seconds in which nobody asks about other transactions.
        return part.heard().isEmpty() && isAwaited(part.id())
                ? new Outcome.Unknown("its acceptors are asked from here")
                : calls.askNow(part.id());
    }

    private boolean isAwaited(GlobalTxId transaction) {
        return decisions.filter(awaited -> awaited.isAwaited(transaction)).isPresent();
    }

    private void introduce() {
        links.forEach(NodeLink::introduce);
    }

    /** As the databases behind names may become others, each is asked again from time to time. */
    private void askResources() {
        for (AgentResource resource : commands.resources()) {
            CompletableFuture<?> unused = resource.ask();
        }
    }

    @Override
    public void deregister(String resourceManager) {
        events.lane(resourceManager, Optional.empty());
        commands.deregister(resourceManager);
        introduce();
    }

    @Override
    public GlobalTransaction begin(Duration timeout) {
        return begin(timeout, config.protocol());
    }

    @Override
    public GlobalTransaction begin(Duration timeout, Protocol protocol) {
        if (protocol == Protocol.THREE_PHASE && threePhase.isEmpty()) {
            throw new TransactionServiceException(
                    "this service keeps no acceptor's log, so it takes no part in three-phase transactions: give it a"
                            + " directory for one (RemoteConfig.withAcceptor)",
                    false);
        }
        Authority authority =
                switch (protocol) {
                    case TWO_PHASE -> Authority.SHARD_2PC;
                    case THREE_PHASE -> Authority.PAXOS_3PC;
                };
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a transaction's time-out is positive, not " + timeout);
        }
        while (true) {
            Optional<LocalPart> begun = openIfMay(calls.name(timeout, authority));
            if (begun.isPresent()) {
                return transaction(begun.get(), true);
            }
        }
    }

    /** Empty when the leader begins nothing under that name's epoch any more: it was told of all that there are. */
    private Optional<LocalPart> openIfMay(GlobalTxId name) {
        naming.readLock().lock();
        try {
            if (!directory.mayBegin(name)) {
                return Optional.empty();
            }
            LocalPart part = parts.open(name);
            part.begunHere();
            return Optional.of(part);
        } finally {
            naming.readLock().unlock();
        }
    }

    /** Tells a leader that closes a shard of every transaction that was named under its epoch, and that these are all. */
    private void closeNames(NodeLink node, Leading.Shard shard) {
        EpochRef epoch = new EpochRef(
                new EpochKey(Authority.SHARD_2PC, shard.getShard(), shard.getIncarnation()), shard.getEpoch());
        List<LocalPart> named;
        naming.writeLock().lock();
        try {
            named = parts.all().stream()
                    .filter(part -> part.isBegunHere()
                            && EpochRef.heldFor(part.id()).equals(epoch)
                            && part.heard().isEmpty())
                    .toList();
        } finally {
            naming.writeLock().unlock();
        }
        for (LocalPart part : named) {
            if (!part.expose()) {
                continue; // it has just ended without any node, and is not to begin there
            }
            CompletableFuture<?> unused = node.request(Request.newBuilder()
                    .setJoin(JoinRequest.newBuilder()
                            .setGtrid(Wire.gtrid(part.id()))
                            .setTraceparent(part.trace())
                            .setAgentId(agent.bytes())));
        }
        node.namesClosed(shard);
    }

    @Override
    public GlobalTransaction join(String token) {
        GlobalTxId id = ours(token);
        if (id.key().authority().isOfAnIncarnation()) {
            throw new TransactionServiceException(
                    "the transaction is coordinated inside the process that began it (embedded mode) and cannot be"
                            + " joined; connect that process to coordinator nodes as well (remote mode)",
                    false);
        }
        if (id.key().authority() == Authority.PAXOS_3PC && threePhase.isEmpty()) {
            throw new TransactionServiceException(
                    "the transaction is a three-phase one, and this service keeps no acceptor's log: give it a directory"
                            + " for one (RemoteConfig.withAcceptor)",
                    false);
        }
        if (id.isPastDeadline(clock.epochMillis())) {
            throw new TransactionServiceException(
                    "the transaction is past its deadline" + skew.remark() + "; begin a new one", false);
        }
        if (directory.isFenced(id)) {
            throw new TransactionServiceException(
                    "the transaction's coordinator was replaced, so it will be rolled back; begin a new one", false);
        }
        if (parts.find(id).isEmpty()) {
            calls.join(id, agent, events.tracing().current());
        }
        return transaction(parts.open(id), false);
    }

    @Override
    public Outcome outcome(String token) {
        GlobalTxId id = ours(token);
        Optional<Outcome> heard = parts.heard(id);
        // A coordinator may know more, as what others did by themselves; but who knows the end here waits for none to
        // come.
        Outcome told = heard.isPresent() ? calls.askNow(id) : calls.ask(id);
        return told.isKnown() ? told : parts.heard(id).orElse(told);
    }

    @Override
    public ServiceStatus status(Duration patience) {
        return new NodesStatus(links, directory).status(patience);
    }

    private GlobalTxId ours(String token) {
        GlobalTxId id;
        try {
            id = TransactionToken.parse(token);
        } catch (IllegalArgumentException malformed) {
            throw new TransactionServiceException(String.valueOf(malformed.getMessage()), false, malformed);
        }
        if (!directory.belongsTo(id.cluster())) {
            throw new TransactionServiceException(
                    "the transaction belongs to another cluster than " + String.join(", ", config.targets()), false);
        }
        return id;
    }

    private GlobalTransaction transaction(LocalPart part, boolean originator) {
        RemoteTransaction made = new RemoteTransaction(agent, commands, end, part, calls, clock, originator);
        if (!events.isHeard()) {
            return made;
        }
        ToldRemoteTransaction told = new ToldRemoteTransaction(made, events, clock, this::nameOf);
        if (originator) {
            part.belongsBelow(told.trace());
        }
        return told;
    }

    private String nameOf(BranchName branch) {
        return commands.nameOf(branch.resource()).orElse(branch.resource().toString());
    }

    @Override
    public EventSource events() {
        return events;
    }

    @Override
    public void close() {
        if (sweeping != null) {
            sweeping.cancel(false);
        }
        timer.shutdownNow();
        directory.close();
        links.forEach(NodeLink::close);
        awaitCommands();
        // What was never asked to prepare cannot commit without this process: free its locks now.
        CompletableFuture<?>[] drops = parts.all().stream()
                .map(part -> part.dropBranches().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        await(CompletableFuture.allOf(drops), CLOSE_PATIENCE);
        threePhase.ifPresent(ThreePhaseAgent::close);
        listeners.shutdown();
        questions.shutdownNow();
        security.ifPresent(Security::close);
    }

    /** Those under way may end, for a while: a node tells them again, elsewhere or later. */
    private void awaitCommands() {
        await(CompletableFuture.allOf(underWay.values().toArray(CompletableFuture<?>[]::new)), COMMANDS_PATIENCE);
    }

    private static void await(CompletableFuture<Void> end, Duration patience) {
        try {
            end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException notAll) {
            LOG.info("closed while a resource had not answered: its branches are left to recovery");
        }
    }

    /** What comes of the decisions of acceptors. */
    private final class Decided implements AwaitedDecisions.Effects {
        @Override
        public CompletionStage<Void> obey(LocalPart part, Outcome outcome) {
            return sweeper.obey(part, outcome);
        }

        /** By whichever node is connected; a store that does not answer costs this call. */
        @Override
        public CompletionStage<Void> record(GlobalTxId transaction) {
            return directory
                    .leaderOf(transaction)
                    .or(directory::any)
                    .map(node -> node.learn(transaction, Decision.COMMIT, RECORD_PATIENCE))
                    .orElseGet(() -> CompletableFuture.failedStage(new IOException("no node is connected")));
        }

        @Override
        public Outcome ask(GlobalTxId transaction) {
            return calls.askNow(transaction);
        }

        @Override
        public void learned() {
            calls.leaderChanged();
        }
    }

    /** What the links ask of this agent. */
    private final class Agent implements NodeLink.Owner {
        @Override
        public AgentId agent() {
            return agent;
        }

        @Override
        public String service() {
            return config.service();
        }

        @Override
        public Optional<AcceptorAt> acceptor() {
            return threePhase.map(ThreePhaseAgent::address);
        }

        @Override
        public Iterable<NamedResource> resources() {
            return commands.resources().stream().map(AgentResource::described).toList();
        }

        @Override
        public void nameAnswer(NodeLink node, NameAnswer answer) {
            try {
                commands.find(answer.getName()).ifPresent(resource -> resource.judged(node, answer));
            } catch (IllegalArgumentException malformed) {
                LOG.warn("{} spoke wrongly of a name: {}", node, malformed.getMessage());
            }
        }

        @Override
        public void linkLost(NodeLink node) {
            commands.resources().forEach(resource -> resource.lost(node));
            suspicions.lost(node);
        }

        @Override
        public void command(Command command, Consumer<AgentMessage> reply) {
            CompletableFuture<?> replied = commands.run(command)
                    .thenAccept(answer -> reply.accept(
                            AgentMessage.newBuilder().setReply(answer).build()))
                    .toCompletableFuture();
            long number = commandsBegun.incrementAndGet();
            underWay.put(number, replied);
            CompletableFuture<?> unused = replied.whenComplete((done, failed) -> underWay.remove(number));
        }

        @Override
        public void ended(Ended ended) {
            readable(ended).ifPresent(transaction -> {
                CompletionStage<Void> unused = parts.ended(transaction, Wire.outcome(ended.getOutcome()));
            });
        }

        private Optional<GlobalTxId> readable(Ended ended) {
            try {
                return Optional.of(Wire.transaction(ended.getGtrid()));
            } catch (IllegalArgumentException malformed) {
                LOG.warn("a node told the end of a transaction it named wrongly: {}", malformed.getMessage());
                return Optional.empty();
            }
        }

        @Override
        public void toldTime(String node, long epochMillis, long roundTripNanos) {
            skew.measured(node, epochMillis, roundTripNanos);
        }

        @Override
        public void closing(NodeLink node, Leading.Shard shard) {
            closeNames(node, shard);
        }

        @Override
        public void leaderChanged() {
            calls.leaderChanged();
            sweeper.sweep();
            links.forEach(NodeLink::dialAtOnceIfLost);
        }
    }
}
