package dev.assent.tx.remote.host;

import dev.assent.security.Role;
import dev.assent.tx.remote.peer.PeerLinks;
import dev.assent.tx.remote.wire.PeerGrpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The listener that services reach a coordinator node by. Thread-safe. */
public final class RemoteHost implements AutoCloseable {
    /** Calls at once, none of which waits for a participant or for the store. */
    private static final int CALL_THREADS = 32;

    /** Questions about outcomes at once, which wait for the store; more wait. As many again wait for acceptors. */
    private static final int QUESTION_THREADS = 128;

    /** Of these, questions of one service; in plain text, of one connection. */
    private static final int SERVICE_QUESTIONS_MAX = 8;

    private static final int SERVICE_WAITING_MAX = 10_000;

    private static final int CALLS_WAITING_MAX = 100_000;
    private static final FairCrew.Limits SHARES =
            new FairCrew.Limits(QUESTION_THREADS, SERVICE_QUESTIONS_MAX, SERVICE_WAITING_MAX, CALLS_WAITING_MAX);
    private static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;
    private static final long STOP_SECONDS = 5;

    private final Server server;
    private final Agents agents;
    private final PeerLinks peers;
    private final List<ExecutorService> pools;

    private RemoteHost(Server server, Agents agents, PeerLinks peers, List<ExecutorService> pools) {
        this.server = server;
        this.agents = agents;
        this.peers = peers;
        this.pools = pools;
    }

    /**
     * Listens on {@code address}; port 0 takes a free one.
     *
     * @throws IOException the address cannot be listened on; the message names it and the remedy
     */
    public static RemoteHost start(
            InetSocketAddress address,
            LedShards shards,
            HostLimits limits,
            String nodeName,
            PeerLinks peers,
            Optional<NodeAcceptors> acceptors,
            HostSecurity security)
            throws IOException {
        Agents agents = new Agents();
        acceptors.ifPresent(own -> own.attached(agents::acceptors, security.rules()));
        ThreadPoolExecutor calls = pool("assent-call", CALL_THREADS);
        ThreadPoolExecutor questions = pool("assent-question", QUESTION_THREADS);
        ThreadPoolExecutor acceptorQuestions = pool("assent-acceptor-question", QUESTION_THREADS);
        ScheduledThreadPoolExecutor naming = new ScheduledThreadPoolExecutor(1, threads("assent-naming"));
        NameClaims names = new NameClaims(
                shards,
                agents,
                naming,
                name -> shards.register(new RemoteResourceManager(agents, name, limits.replyTimeout())));
        NettyServerBuilder listener = security.grpc()
                .listen(address, Role.NODE, Role.AGENT)
                .directExecutor() // nothing that a link brings blocks, and a hand-over costs more than most of it
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new CoordinatorEndpoint(
                        shards,
                        agents,
                        names,
                        limits,
                        nodeName,
                        security.rules(),
                        new CoordinatorEndpoint.Threads(
                                calls,
                                new FairCrew("outcomes", SHARES, questions),
                                new FairCrew("three-phase transactions", SHARES, acceptorQuestions))))
                .addService(peers.service())
                .intercept(new Callers())
                .callExecutor(onItsOwnThread(peers));
        acceptors.ifPresent(own -> listener.addService(own.service(shards.cluster(), shards::learned)));
        Server server = listener.build();
        try {
            server.start();
            names.start();
        } catch (IOException taken) {
            calls.shutdownNow();
            questions.shutdownNow();
            acceptorQuestions.shutdownNow();
            naming.shutdownNow();
            throw new IOException(
                    "cannot listen on " + address + " for services: " + rootMessage(taken)
                            + ". Is another node running there? Choose another port with listen=host:port.",
                    taken);
        }
        Rehearsal.begin(
                new InetSocketAddress(address.getAddress(), server.getPort()), shards.cluster(), security.grpc());
        return new RemoteHost(server, agents, peers, List.of(calls, questions, acceptorQuestions, naming));
    }

    /** What services do here must not make this node seem dead to others. */
    private static ServerCallExecutorSupplier onItsOwnThread(PeerLinks peers) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
                boolean isPeers =
                        PeerGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
                return isPeers ? peers.executor() : null;
            }
        };
    }

    private static String rootMessage(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CALLS_WAITING_MAX), threads(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    public int port() {
        return server.getPort();
    }

    /** Refuses new calls, lets those under way end for a few seconds, then cuts them off. */
    @Override
    public void close() {
        server.shutdown();
        agents.closeAll();
        peers.hangUp();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        pools.forEach(ExecutorService::shutdownNow);
    }
}
