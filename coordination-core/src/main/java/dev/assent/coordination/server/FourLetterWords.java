package dev.assent.coordination.server;

import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.tree.DataTree;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers in the form that ZooKeeper's tools expect. Cheap: nothing here walks the tree. Thread-safe. */
final class FourLetterWords {
    private static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests\n";
    private static final String VERSION = "3.9 (Assent 0.1.0)";

    private final Supplier<ServerStatus> status;
    private final BooleanSupplier alive;
    private final WatchedTree watched;
    private final IntSupplier connections;
    private final LongSupplier logSyncs;

    FourLetterWords(
            Supplier<ServerStatus> status,
            BooleanSupplier alive,
            WatchedTree watched,
            IntSupplier connections,
            LongSupplier logSyncs) {
        this.status = status;
        this.alive = alive;
        this.watched = watched;
        this.connections = connections;
        this.logSyncs = logSyncs;
    }

    String answer(String word) {
        return switch (word) {
            case "ruok" -> alive.getAsBoolean() ? "imok" : NOT_SERVING;
            case "isro" -> status.get().serving() ? "rw" : "null";
            case "srvr", "stat" -> ifServing(this::srvr);
            case "mntr" -> ifServing(this::mntr);
            default -> word + " is not executed because it is not in the whitelist.\n";
        };
    }

    private String ifServing(Supplier<String> text) {
        return status.get().serving() ? text.get() : NOT_SERVING;
    }

    private String srvr() {
        DataTree tree = watched.tree();
        return String.format(
                "Zookeeper version: %s\nConnections: %d\nZxid: %s\nMode: %s\nNode count: %d\n",
                VERSION, connections.getAsInt(), tree.zxid(), status.get().mode(), tree.znodeCount());
    }

    private String mntr() {
        DataTree tree = watched.tree();
        StringBuilder text = new StringBuilder();
        line(text, "zk_version", VERSION);
        line(text, "zk_server_state", status.get().mode());
        line(text, "zk_num_alive_connections", connections.getAsInt());
        line(text, "zk_znode_count", tree.znodeCount());
        line(text, "zk_watch_count", watched.watchCount());
        line(text, "zk_global_sessions", tree.sessionCount());
        line(text, "zk_last_proposal_zxid", tree.zxid());
        line(text, "assent_log_syncs", logSyncs.getAsLong());
        return text.toString();
    }

    private static void line(StringBuilder text, String key, Object value) {
        text.append(key).append('\t').append(value).append('\n');
    }
}
