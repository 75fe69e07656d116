package dev.assent.tx.remote.agent;

import dev.assent.security.TlsFiles;
import dev.assent.tx.api.Protocol;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a service reaches its coordinators.
 *
 * @param targets every coordinator node as {@code host:port}
 * @param service what people call this service, for consoles
 * @param connectTimeout how long to wait for the first node at start
 * @param callTimeout how long begin and enlist may take, a change of leader included
 * @param outcomeTimeout how long a commit whose answer was lost asks for the outcome before it says "unknown"
 * @param branchesMax branches of this process under way at once
 * @param threePhase this service as an acceptor; empty: it takes no part in three-phase transactions
 * @param protocol how transactions are committed that do not say it themselves
 * @param tls what this service shows to nodes, and whom it trusts; empty: it speaks plain text with them. The certificate
 *     names {@code service} as an agent
 */
public record RemoteConfig(
        List<String> targets,
        String service,
        Duration connectTimeout,
        Duration callTimeout,
        Duration outcomeTimeout,
        int branchesMax,
        Optional<AcceptorConfig> threePhase,
        Protocol protocol,
        Optional<TlsFiles> tls) {
    private static final int TARGETS_MAX = 64;

    public RemoteConfig {
        if (targets.isEmpty() || targets.size() > TARGETS_MAX) {
            throw new IllegalArgumentException(
                    "name 1 to " + TARGETS_MAX + " coordinator nodes, not " + targets.size());
        }
        targets = List.copyOf(targets);
        targets.forEach(RemoteConfig::checkTarget);
        if (branchesMax < 1) {
            throw new IllegalArgumentException("branchesMax is at least 1, not " + branchesMax);
        }
        if (protocol == Protocol.THREE_PHASE && threePhase.isEmpty()) {
            throw new IllegalArgumentException(
                    "three-phase commit needs an acceptor's log: name its directory, or choose two-phase commit");
        }
    }

    /** One that commits in two phases, and takes no part in others. */
    public RemoteConfig(
            List<String> targets,
            String service,
            Duration connectTimeout,
            Duration callTimeout,
            Duration outcomeTimeout,
            int branchesMax) {
        this(
                targets,
                service,
                connectTimeout,
                callTimeout,
                outcomeTimeout,
                branchesMax,
                Optional.empty(),
                Protocol.TWO_PHASE);
    }

    /** One that speaks plain text with its nodes. */
    public RemoteConfig(
            List<String> targets,
            String service,
            Duration connectTimeout,
            Duration callTimeout,
            Duration outcomeTimeout,
            int branchesMax,
            Optional<AcceptorConfig> threePhase,
            Protocol protocol) {
        this(
                targets,
                service,
                connectTimeout,
                callTimeout,
                outcomeTimeout,
                branchesMax,
                threePhase,
                protocol,
                Optional.empty());
    }

    /** The same over TLS. */
    public RemoteConfig withTls(TlsFiles files) {
        return new RemoteConfig(
                targets,
                service,
                connectTimeout,
                callTimeout,
                outcomeTimeout,
                branchesMax,
                threePhase,
                protocol,
                Optional.of(files));
    }

    /** Usual time-outs and limits. */
    public static RemoteConfig of(String commaSeparatedTargets, String service) {
        return new RemoteConfig(
                List.of(commaSeparatedTargets.trim().split("\\s*,\\s*")),
                service,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                10_000);
    }

    public RemoteConfig withConnectTimeout(Duration timeout) {
        return new RemoteConfig(
                targets, service, timeout, callTimeout, outcomeTimeout, branchesMax, threePhase, protocol, tls);
    }

    /** The same, with an acceptor's log, so that it can take part in three-phase transactions. */
    public RemoteConfig withAcceptor(AcceptorConfig acceptor) {
        return new RemoteConfig(
                targets,
                service,
                connectTimeout,
                callTimeout,
                outcomeTimeout,
                branchesMax,
                Optional.of(acceptor),
                protocol,
                tls);
    }

    /** The same, with another protocol for transactions that name none. */
    public RemoteConfig withProtocol(Protocol standard) {
        return new RemoteConfig(
                targets, service, connectTimeout, callTimeout, outcomeTimeout, branchesMax, threePhase, standard, tls);
    }

    private static void checkTarget(String target) {
        try {
            URI uri = new URI("tcp://" + target);
            if (uri.getHost() != null && uri.getPort() > 0) {
                return;
            }
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(reason(target), malformed);
        }
        throw new IllegalArgumentException(reason(target));
    }

    private static String reason(String target) {
        return "coordinator target '" + target + "' is not host:port";
    }
}
