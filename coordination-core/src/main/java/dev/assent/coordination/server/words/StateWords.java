package dev.assent.coordination.server.words;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.assent.coordination.server.edge.Counts;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.server.words.FourLetterWords.Condition;
import dev.assent.coordination.server.words.FourLetterWords.Sources;
import dev.assent.coordination.tree.DataTree;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** What the server does at the moment. Nothing here walks the tree. */
final class StateWords {
    private final Condition condition;
    private final WatchedTree watched;
    private final Sources sources;

    StateWords(Sources sources) {
        this.condition = sources.condition();
        this.watched = sources.watched();
        this.sources = sources;
    }

    String server() {
        return server("");
    }

    /** With some lines about its clients. */
    String server(String clients) {
        DataTree tree = watched.tree();
        Counts.Summary counts = sources.traffic().get().all();
        return "Zookeeper version: " + SettingWords.VERSION + "\n"
                + clients
                + "Latency min/avg/max: " + counts.latencyMillisLeast() + "/" + counts.latencyMillisMean() + "/"
                + counts.latencyMillisMax() + "\n"
                + "Received: " + counts.requests() + "\n"
                + "Sent: " + counts.answers() + "\n"
                + "Connections: " + sources.connections().getAsInt() + "\n"
                + "Outstanding: " + sources.traffic().get().outstanding() + "\n"
                + "Zxid: " + tree.zxid() + "\n"
                + "Mode: " + condition.mode() + "\n"
                + "Node count: " + tree.znodeCount() + "\n";
    }

    String monitoring() {
        DataTree tree = watched.tree();
        Counts.Summary counts = sources.traffic().get().all();
        StringBuilder text = new StringBuilder();
        line(text, "zk_version", SettingWords.VERSION);
        line(text, "zk_server_state", condition.mode());
        peerState(condition.mode()).ifPresent(state -> line(text, "zk_peer_state", state));
        line(text, "zk_uptime", condition.uptimeMillis());
        line(text, "zk_avg_latency", counts.latencyMillisMean());
        line(text, "zk_max_latency", counts.latencyMillisMax());
        line(text, "zk_min_latency", counts.latencyMillisLeast());
        line(text, "zk_packets_received", counts.requests());
        line(text, "zk_packets_sent", counts.answers());
        line(text, "zk_num_alive_connections", sources.connections().getAsInt());
        line(text, "zk_outstanding_requests", sources.traffic().get().outstanding());
        line(text, "zk_znode_count", tree.znodeCount());
        line(text, "zk_watch_count", watched.watchCount());
        line(text, "zk_ephemerals_count", tree.ephemeralCount());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            line(text, "zk_open_file_descriptor_count", system.getOpenFileDescriptorCount());
            line(text, "zk_max_file_descriptor_count", system.getMaxFileDescriptorCount());
        }
        line(text, "zk_global_sessions", tree.sessionCount());
        line(text, "zk_local_sessions", 0);
        line(text, "zk_last_proposal_zxid", tree.zxid());
        line(text, "assent_log_syncs", sources.logSyncs().getAsLong());
        return text.toString();
    }

    /** Only a member of an ensemble has one, and nothing is told by a member that does not serve. */
    private static Optional<String> peerState(String mode) {
        return switch (mode) {
            case "leader" -> Optional.of("leading - broadcast");
            case "follower" -> Optional.of("following - broadcast");
            case "observer" -> Optional.of("observing - broadcast");
            default -> Optional.empty();
        };
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append('\t').append(value).append('\n');
    }

    /** Equal on two servers at the same zxid, or one of them is wrong. */
    String digest() {
        DataTree tree = watched.tree();
        return Long.toHexString(tree.zxid().value()) + ":" + tree.digest() + "\n";
    }

    String resetServer() {
        sources.traffic().get().reset();
        return "Server stats reset.\n";
    }

    String resetConnections() {
        sources.traffic().get().resetConnections();
        return "Connection stats reset.\n";
    }
}
