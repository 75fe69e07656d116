package dev.assent.tx.remote.host;

import dev.assent.security.Role;
import dev.assent.time.Clock;
import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AskOutcomeRequest;
import dev.assent.tx.remote.wire.CoordinatorGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that has just started asks itself once how a transaction ended that there never was. When it takes over from
 * another, callers wait for just such answers, and should not wait for its classes to be loaded.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final long PATIENCE_SECONDS = 10;

    private Rehearsal() {}

    /** Begins it on a thread of its own; whatever comes of it is of no interest. */
    static void begin(InetSocketAddress listening, ClusterId cluster, GrpcSecurity security) {
        Thread thread = new Thread(() -> ask(listening, cluster, security), "assent-rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    private static void ask(InetSocketAddress listening, ClusterId cluster, GrpcSecurity security) {
        SecureRandom random = new SecureRandom();
        GlobalTxId never = new GlobalTxId(
                cluster,
                new EpochKey(Authority.SHARD_2PC, 0, 0),
                0,
                Clock.SYSTEM.epochMillis(),
                new GlobalTxId.Unique(random.nextLong(), random.nextLong()));
        InetAddress address =
                listening.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : listening.getAddress();
        String host = address.getHostAddress();
        String target = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + listening.getPort();
        ManagedChannel channel =
                security.dial(target, Role.NODE).directExecutor().build();
        try {
            LOG.debug(
                    "rehearsed: {}",
                    CoordinatorGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .askOutcome(AskOutcomeRequest.newBuilder()
                                    .setGtrid(Wire.gtrid(never))
                                    .build()));
        } catch (StatusRuntimeException closing) {
            LOG.debug("not rehearsed", closing);
        } finally {
            channel.shutdownNow();
        }
    }
}
