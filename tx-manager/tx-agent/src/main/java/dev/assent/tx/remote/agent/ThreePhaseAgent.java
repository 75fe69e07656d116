package dev.assent.tx.remote.agent;

import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.api.TransactionServiceException;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.model.Vote;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.acceptor.AcceptorChannels;
import dev.assent.tx.remote.acceptor.AcceptorEndpoint;
import dev.assent.tx.remote.acceptor.AcceptorHost;
import dev.assent.tx.remote.acceptor.AcceptorRoutes;
import dev.assent.tx.remote.acceptor.AcceptorWire;
import dev.assent.tx.remote.acceptor.FileAcceptorLog;
import dev.assent.tx.remote.acceptor.Forgetting;
import dev.assent.tx.remote.acceptor.ParticipantRights;
import dev.assent.tx.remote.acceptor.Terminations;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import io.grpc.Server;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * This service in three-phase transactions: an acceptor on the network, and a participant that keeps the acceptors before
 * it votes, and asks them when it suspects the coordinator. Thread-safe; nothing blocks.
 */
final class ThreePhaseAgent implements BranchCommands.ThreePhaseVotes, AutoCloseable {
    /** Of one message: a gtrid, a ballot, at most 99 addresses. */
    private static final int MESSAGE_BYTES_MAX = 64 << 10;

    private static final long FOLD_MILLIS = 10_000;
    private static final long FORGET_MILLIS = 1_000;

    private final AcceptorLog log;
    private final AcceptorHost host;
    private final AcceptorChannels channels;
    private final Terminations terminations;
    private final Forgetting forgetting;
    private final Clock clock;
    private final Server server;
    private final AcceptorAt address;
    private volatile Watch watch = (transaction, acceptors) -> {};
    private volatile long foldedMillis;
    private volatile long forgotMillis;

    /** Told of each transaction that this service is about to vote in. */
    interface Watch {
        void voting(GlobalTxId transaction, AcceptorAddresses acceptors);
    }

    private ThreePhaseAgent(
            AcceptorConfig config,
            AcceptorLog log,
            Predicate<ClusterId> cluster,
            ScheduledExecutorService timer,
            GrpcSecurity security,
            Clock clock)
            throws IOException {
        this.log = log;
        this.clock = clock;
        host = new AcceptorHost(log, AcceptorHost.Limits.DEFAULT);
        channels = new AcceptorChannels(target -> AgentThreads.channel(security, target, Role.NODE, Role.AGENT));
        AcceptorRoutes routes = AcceptorRoutes.around(host, channels);
        terminations = new Terminations(routes, timer);
        forgetting = new Forgetting(host, routes, terminations, clock, Forgetting.Limits.DEFAULT);
        server = security.listen(config.listen(), Role.NODE, Role.AGENT)
                .directExecutor() // nothing that is asked blocks
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .addService(new AcceptorEndpoint(host, cluster, this::told, new ParticipantRights(host, forgetting)))
                .intercept(AcceptorEndpoint.callers())
                .build();
        try {
            server.start();
        } catch (IOException taken) {
            throw new IOException(
                    "cannot listen on " + config.listen() + " for what acceptors are asked: " + taken.getMessage()
                            + ". Choose another port",
                    taken);
        }
        address = AcceptorWire.at(new AcceptorAddresses.Entry(
                host.id(),
                config.advertise().orElse(config.listen().getAddress().getHostAddress() + ":" + server.getPort())));
    }

    /**
     * Opens the log and listens.
     *
     * @param cluster whether a cluster is this agent's; true while that is not known
     * @throws TransactionServiceException it cannot; the message names the remedy
     */
    static ThreePhaseAgent start(
            AcceptorConfig config,
            Predicate<ClusterId> cluster,
            ScheduledExecutorService timer,
            GrpcSecurity security,
            Clock clock) {
        FileAcceptorLog log;
        try {
            log = FileAcceptorLog.open(config.directory(), FileAcceptorLog.Limits.DEFAULT);
        } catch (IOException unusable) {
            throw new TransactionServiceException(String.valueOf(unusable.getMessage()), false, unusable);
        }
        try {
            return new ThreePhaseAgent(config, log, cluster, timer, security, clock);
        } catch (IOException unusable) {
            log.close();
            throw new TransactionServiceException(String.valueOf(unusable.getMessage()), false, unusable);
        }
    }

    /**
     * Who is told of votes; before the first.
     *
     * @param unended whether a branch of this service in a transaction has not ended
     */
    void watch(Watch watching, Predicate<GlobalTxId> unended) {
        watch = watching;
        host.keepWhile(unended);
    }

    /** Who knows what this service's lives before have left; before the first question. */
    void asking(AcceptorHost.PastLives resources) {
        host.asking(resources);
    }

    /** This service has ended its branches. */
    void ended(GlobalTxId transaction) {
        host.ended(transaction);
    }

    /** How much its log keeps: registers, and votes whose acceptors may still have to be asked. */
    int known() {
        return host.known();
    }

    /** As the nodes are told of it. */
    AcceptorAt address() {
        return address;
    }

    Terminations terminations() {
        return terminations;
    }

    private CompletionStage<Void> told(GlobalTxId transaction, Decision chosen) {
        terminations.told(transaction, chosen);
        return CompletableFuture.completedStage(null);
    }

    /** Best effort: whoever does not hear it asks the acceptors itself. */
    void tellOthers(GlobalTxId transaction, AcceptorAddresses acceptors, Decision chosen) {
        acceptors.entries().stream()
                .filter(entry -> !entry.acceptor().equals(host.id()))
                .forEach(entry -> {
                    CompletionStage<Void> unused = channels.learn(entry, transaction, chosen);
                });
    }

    /** A disk that hangs holds up this vote, which its coordinator does not wait for beyond the deadline. */
    @Override
    public CompletionStage<Vote> canCommit(LocalPart part, BranchRun branch, AcceptorAddresses acceptors) {
        return kept(part.id(), BranchName.fromBytes(branch.id().bqual()).resource(), acceptors)
                .handle((kept, failed) -> failed)
                .thenCompose(failed -> failed == null
                        ? branch.prepare(part::objection)
                        : CompletableFuture.completedStage(refused(failed)));
    }

    private CompletionStage<Void> kept(
            GlobalTxId transaction, ResourceName.Hash resource, AcceptorAddresses acceptors) {
        Optional<AcceptorAddresses> before = host.keptOf(transaction);
        if (before.isPresent() && !before.get().equals(acceptors)) {
            return CompletableFuture.failedStage(new IOException("its acceptors were others before: " + before.get()));
        }
        watch.voting(transaction, acceptors);
        return host.keep(transaction, resource, acceptors);
    }

    private static Vote refused(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return new Vote.Rollback("the acceptors could not be kept: " + cause.getMessage());
    }

    /**
     * To be called from time to time.
     *
     * @param record has a node record that COMMIT; fails when none has
     */
    void tidy(Function<GlobalTxId, CompletionStage<Void>> record) {
        terminations.tellStuck();
        long now = clock.epochMillis();
        if (now - foldedMillis >= FOLD_MILLIS) {
            foldedMillis = now;
            CompletionStage<Void> unused = host.tidy(now);
        }
        if (now - forgotMillis >= FORGET_MILLIS) {
            forgotMillis = now;
            forgetting.look(record);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        channels.close();
        log.close();
    }
}
