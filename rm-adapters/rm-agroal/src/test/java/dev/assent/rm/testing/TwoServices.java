package dev.assent.rm.testing;

import dev.assent.rm.jta.AssentTransactions;
import dev.assent.tx.node.CoordinatorNode;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.remote.agent.RemoteConfig;
import dev.assent.tx.remote.agent.RemoteTransactionService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** A coordinator node of its own, a service that begins transactions, and one that joins them. */
public final class TwoServices implements AutoCloseable {
    private final CoordinatorNode node;
    private final RemoteTransactionService callerService;
    private final RemoteTransactionService calleeService;
    private final AssentTransactions caller;
    private final AssentTransactions callee;

    /** @param directory for the node's store; empty */
    public TwoServices(Path directory) throws Exception {
        node = CoordinatorNode.start(
                new NodeConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "node",
                        1,
                        new NodeConfig.Coordination.Standalone(directory),
                        new NodeConfig.Timing(
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(2))),
                progress -> {});
        callerService = RemoteTransactionService.connect(config("caller"));
        calleeService = RemoteTransactionService.connect(config("callee"));
        caller = new AssentTransactions(callerService);
        callee = new AssentTransactions(calleeService);
    }

    private RemoteConfig config(String service) {
        return RemoteConfig.of("127.0.0.1:" + node.port(), service);
    }

    public AssentTransactions caller() {
        return caller;
    }

    public AssentTransactions callee() {
        return callee;
    }

    /** Their work ends; {@link #close} ends the node. */
    public void closeServices() {
        calleeService.close();
        callerService.close();
    }

    @Override
    public void close() {
        closeServices();
        node.close();
    }
}
