package dev.assent.store;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;

/** The servers in the order in which they are named, where the library would shuffle them. */
final class InOrder implements HostProvider {
    private final List<InetSocketAddress> servers;
    private int next;

    InOrder(String connectString) {
        this.servers = List.copyOf(new ConnectStringParser(connectString).getServerAddresses());
    }

    @Override
    public int size() {
        return servers.size();
    }

    /** Waits when all have been tried in vain. */
    @Override
    public synchronized InetSocketAddress next(long spinDelay) {
        if (next > 0 && next % servers.size() == 0) {
            LockSupport.parkNanos(Duration.ofMillis(spinDelay).toNanos());
        }
        InetSocketAddress named = servers.get(Math.floorMod(next++, servers.size()));
        return new InetSocketAddress(named.getHostString(), named.getPort());
    }

    @Override
    public void onConnected() {
        // The order stays as it is.
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> serverAddresses, InetSocketAddress currentHost) {
        return false;
    }
}
