package dev.assent.coordination.server.words;

import dev.assent.coordination.server.edge.Counts;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.server.words.FourLetterWords.Condition;
import dev.assent.coordination.server.words.FourLetterWords.Sources;
import dev.assent.coordination.tree.DataTree;

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
        Counts counts = sources.traffic().get().all();
        return "Zookeeper version: " + SettingWords.VERSION + "\n"
                + clients
                + "Latency min/avg/max: " + counts.latencyMillisMin() + "/" + counts.latencyMillisMean() + "/"
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
        Counts counts = sources.traffic().get().all();
        StringBuilder text = new StringBuilder();
        line(text, "zk_version", SettingWords.VERSION);
        line(text, "zk_server_state", condition.mode());
        line(text, "zk_avg_latency", counts.latencyMillisMean());
        line(text, "zk_max_latency", counts.latencyMillisMax());
        line(text, "zk_min_latency", counts.latencyMillisMin());
        line(text, "zk_packets_received", counts.requests());
        line(text, "zk_packets_sent", counts.answers());
        line(text, "zk_num_alive_connections", sources.connections().getAsInt());
        line(text, "zk_outstanding_requests", sources.traffic().get().outstanding());
        line(text, "zk_znode_count", tree.znodeCount());
        line(text, "zk_watch_count", watched.watchCount());
        line(text, "zk_global_sessions", tree.sessionCount());
        line(text, "zk_last_proposal_zxid", tree.zxid());
        line(text, "assent_log_syncs", sources.logSyncs().getAsLong());
        return text.toString();
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
        sources.traffic().get().all().reset();
        return "Server stats reset.\n";
    }

    String resetConnections() {
        sources.traffic().get().resetConnections();
        return "Connection stats reset.\n";
    }
}
