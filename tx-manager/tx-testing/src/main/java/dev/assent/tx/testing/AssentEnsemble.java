package dev.assent.tx.testing;

import dev.assent.coordination.server.CoordinationServer;
import dev.assent.coordination.server.FreePorts;
import dev.assent.coordination.server.config.MemberConfig;
import dev.assent.coordination.server.config.ServerConfig;
import dev.assent.coordination.server.config.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Three of our own servers in this process, each behind a proxy, so that clients can be cut off. */
public final class AssentEnsemble implements TestStore {
    private static final int SERVERS = 3;
    private static final Timing TIMING = new Timing(500, 20, 10);

    private final Path folder;
    private final List<MemberConfig> members = new ArrayList<>();
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<CoordinationServer> servers = new ArrayList<>();

    public AssentEnsemble(Path folder) throws IOException {
        this.folder = folder;
        FreePorts ports = new FreePorts(new Random());
        for (int id = 1; id <= SERVERS; id++) {
            members.add(MemberConfig.participant(id, "127.0.0.1", ports.next()));
            proxies.add(new TcpProxy());
        }
        start();
    }

    @Override
    public void start() throws IOException {
        for (int id = 1; id <= SERVERS; id++) {
            Path home = folder.resolve("server" + id);
            ServerConfig config = ServerConfig.member(id, members, home, 0).withTiming(TIMING);
            CoordinationServer server = CoordinationServer.start(config);
            servers.add(server);
            proxies.get(id - 1).target(server.clientPort());
        }
    }

    @Override
    public String connectString() {
        return proxies.stream().map(proxy -> "127.0.0.1:" + proxy.port()).collect(Collectors.joining(","));
    }

    @Override
    public void dropConnections() {
        proxies.forEach(TcpProxy::cut);
    }

    @Override
    public void stop() {
        servers.forEach(CoordinationServer::close);
        servers.clear();
        dropConnections();
    }

    @Override
    public void close() {
        stop();
        for (TcpProxy proxy : proxies) {
            try {
                proxy.close();
            } catch (IOException e) {
                throw new IllegalStateException("a proxy that cannot be closed", e);
            }
        }
    }
}
