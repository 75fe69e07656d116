package dev.assent.coordination.server.admin;

import dev.assent.admin.AdminConfig;
import dev.assent.admin.AdminServer;
import dev.assent.admin.AdminSource;
import dev.assent.admin.view.Members;
import dev.assent.admin.view.ServerStatus;
import dev.assent.admin.view.Session;
import dev.assent.admin.view.Sessions;
import dev.assent.admin.view.StoreServer;
import dev.assent.admin.view.ZnodeWatches;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.PathWatchers;
import dev.assent.coordination.server.ServerCounts;
import dev.assent.coordination.server.config.MemberConfig;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.zab.LearnerStanding;
import dev.assent.metrics.Metric;
import dev.assent.metrics.ProcessMetrics;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running server, shown. Thread-safe. */
public final class ServerAdmin implements AdminSource {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAdmin.class);

    private static final int SESSIONS_MAX = 1_000;

    /** Sessions that are named of those who watch a znode; the rest is counted. */
    static final int WATCHERS_MAX = 20;

    private final CoordinationServer server;
    private final ServerConfig config;

    public ServerAdmin(CoordinationServer server) {
        this.server = server;
        this.config = server.config();
    }

    /**
     * Shows a server that is a process of its own, and says where.
     *
     * @throws IOException the address cannot be listened on
     */
    public static AdminServer show(CoordinationServer server, AdminConfig wanted) throws IOException {
        ProcessMetrics metrics = new ProcessMetrics();
        measure(server, metrics);
        AdminServer shown = AdminServer.start(wanted, new ServerAdmin(server), List.of(server.events()), metrics);
        LOG.info("this server shows itself at {}", shown.url());
        return shown;
    }

    @Override
    public String kind() {
        return "server";
    }

    @Override
    public String name() {
        return config.isStandalone()
                ? "standalone"
                : "server " + server.status().self().value();
    }

    @Override
    public Optional<String> ailment() {
        return server.isGoingRound()
                ? Optional.empty()
                : Optional.of("the server's loop has not gone round for seconds");
    }

    @Override
    public Optional<String> obstacle() {
        return server.status().serving()
                ? Optional.empty()
                : Optional.of("this server serves no clients: it has no leader that a majority follows");
    }

    @Override
    public Optional<ServerStatus> server() {
        dev.assent.coordination.server.ServerStatus now = server.status();
        ServerCounts counts = server.counts();
        return Optional.of(new ServerStatus(
                now.self().value(),
                now.mode(),
                now.serving(),
                now.leader().map(leader -> (long) leader.value()),
                now.epoch().value(),
                now.zxid().toString(),
                server.connectString(),
                counts.clients().connections(),
                counts.clients().sessions(),
                counts.clients().znodes(),
                counts.clients().watches(),
                counts.outstanding()));
    }

    /** The ensemble, as this server's configuration names it. */
    @Override
    public Members members() {
        dev.assent.coordination.server.ServerStatus now = server.status();
        Map<ServerId, LearnerStanding> learners = new HashMap<>();
        server.learners().forEach(learner -> learners.put(learner.id(), learner));
        return new Members(
                List.of(),
                config.members().values().stream()
                        .map(member -> shown(member, now, Optional.ofNullable(learners.get(member.id()))))
                        .toList());
    }

    private StoreServer shown(
            MemberConfig member, dev.assent.coordination.server.ServerStatus now, Optional<LearnerStanding> learner) {
        return new StoreServer(
                member.id().value(),
                member.host() + ":" + member.peerPort(),
                member.voting() == MemberConfig.Voting.OBSERVER,
                member.id().equals(config.self()),
                now.leader().equals(Optional.of(member.id())),
                now.isLeader() ? Optional.of(standing(member, learner)) : Optional.empty());
    }

    private StoreServer.Standing standing(MemberConfig member, Optional<LearnerStanding> learner) {
        if (member.id().equals(config.self())) {
            return StoreServer.Standing.IN_SYNC;
        }
        return learner.map(LearnerStanding::inSync)
                .map(inSync -> inSync ? StoreServer.Standing.IN_SYNC : StoreServer.Standing.CATCHING_UP)
                .orElse(StoreServer.Standing.MISSING);
    }

    @Override
    public Sessions sessions() {
        return new Sessions(
                Math.toIntExact(server.counts().clients().sessions()),
                server.sessions(SESSIONS_MAX).stream()
                        .map(session -> new Session(
                                session.id().toString(),
                                session.timeoutMillis(),
                                session.client()
                                        .map(client -> client.getAddress().getHostAddress() + ":" + client.getPort()),
                                session.ephemerals()))
                        .toList());
    }

    /** Who watches a znode at this server: each server knows its own clients only. */
    public ZnodeWatches watches(String path) {
        PathWatchers watchers = server.watchersOf(path, WATCHERS_MAX);
        return new ZnodeWatches(
                watchers.count(),
                watchers.sessions().stream().map(SessionId::toString).toList());
    }

    /** What a server holds, for the metrics of its process. */
    public static void measure(CoordinationServer server, ProcessMetrics metrics) {
        metrics.gauge(Metric.STORE_LEADER, () -> server.status().isLeader() ? 1 : 0);
        metrics.gauge(Metric.STORE_SERVING, () -> server.status().serving() ? 1 : 0);
        metrics.gauge(Metric.STORE_SESSIONS, () -> server.counts().clients().sessions());
        metrics.gauge(Metric.STORE_CONNECTIONS, () -> server.counts().clients().connections());
        metrics.gauge(Metric.STORE_WATCHES, () -> server.counts().clients().watches());
        metrics.gauge(Metric.STORE_ZNODES, () -> server.counts().clients().znodes());
        metrics.gauge(Metric.STORE_OUTSTANDING, () -> server.counts().outstanding());
        metrics.gauge(Metric.STORE_UNWRITTEN, () -> server.counts().unwrittenBytes());
        metrics.counted(Metric.STORE_REQUESTS, () -> server.counts().requests());
        metrics.counted(Metric.STORE_PROPOSALS, () -> server.counts().proposed());
    }
}
