package dev.assent.coordination.server.words;

import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.server.edge.Counts;
import dev.assent.coordination.server.edge.Traffic;
import dev.assent.coordination.server.ordering.Client;
import dev.assent.coordination.server.ordering.WatchedTree;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.SessionState;
import dev.assent.coordination.tree.Watches.Watched;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Who is connected, which sessions there are, and who watches what. */
final class ClientWords {
    /** Lines of an answer, and watches looked at while no event can be told. */
    static final int LISTED_MAX = 10_000;

    /** Clients listed beside other things. */
    private static final int SOME = 100;

    private final WatchedTree watched;
    private final Supplier<Traffic> traffic;

    ClientWords(WatchedTree watched, Supplier<Traffic> traffic) {
        this.watched = watched;
        this.traffic = traffic;
    }

    /** The first of the clients, in short. */
    String some() {
        StringBuilder text = new StringBuilder("Clients:\n");
        for (Traffic.Connection connection : traffic.get().connections(SOME)) {
            text.append(start(connection)).append(")\n");
        }
        return text.append('\n').toString();
    }

    String connections() {
        StringBuilder text = new StringBuilder();
        for (Traffic.Connection connection : traffic.get().connections(LISTED_MAX)) {
            Counts.Summary counts = connection.counts().summary();
            text.append(start(connection));
            connection.tenant().ifPresent(tenant -> text.append(",sid=")
                    .append(tenant.session())
                    .append(",to=")
                    .append(tenant.timeoutMillis()));
            text.append(",minlat=").append(counts.latencyMillisLeast());
            text.append(",avglat=").append(counts.latencyMillisMean());
            text.append(",maxlat=").append(counts.latencyMillisMax());
            text.append(")\n");
        }
        return text.append('\n').toString();
    }

    private static String start(Traffic.Connection connection) {
        Counts.Summary counts = connection.counts().summary();
        return " /" + connection.remote().getAddress().getHostAddress() + ":"
                + connection.remote().getPort() + "[1](queued=" + connection.queued() + ",recved="
                + counts.requests() + ",sent="
                + counts.answers();
    }

    String sessions() {
        DataTree tree = watched.tree();
        Listing listing = new Listing();
        listing.text
                .append("SessionTracker dump:\nSessions (")
                .append(tree.sessionCount())
                .append("):\n");
        for (SessionState session : tree.sessions()) {
            listing.line(session.id() + "\ttimeout=" + session.timeoutMillis() + "ms");
        }
        listing.text.append("ephemeral nodes dump:\nSessions with Ephemerals:\n");
        for (SessionState session : tree.sessions()) {
            if (session.ephemeralCount() > 0 && listing.line(session.id() + ":")) {
                for (ZnodePath path : session.ephemerals()) {
                    listing.line("\t" + path);
                }
            }
        }
        return listing.end();
    }

    String watchSummary() {
        return watched.watching((tree, watches) -> watches.watchers() + " connections watching " + watches.paths()
                + " paths\nTotal watches:" + watches.count() + "\n");
    }

    String watchesByPath() {
        return grouped(Watched::path, ClientWords::sessionOf);
    }

    String watchesBySession() {
        return grouped(ClientWords::sessionOf, Watched::path);
    }

    private static String sessionOf(Watched<Client> watch) {
        return watch.watcher().session().map(SessionId::toString).orElse("no session");
    }

    private String grouped(Function<Watched<Client>, String> key, Function<Watched<Client>, String> value) {
        List<Watched<Client>> some = watched.watching((tree, watches) -> watches.some(LISTED_MAX + 1));
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (Watched<Client> watch : some) {
            groups.computeIfAbsent(key.apply(watch), absent -> new LinkedHashSet<>())
                    .add(value.apply(watch));
        }
        Listing listing = new Listing();
        groups.forEach((name, members) -> {
            listing.text.append(name).append('\n');
            members.forEach(member -> listing.line("\t" + member));
        });
        return listing.end();
    }

    /** Text of so many lines at most, which says so when there were more. */
    private static final class Listing {
        final StringBuilder text = new StringBuilder();
        private int lines;

        /** False if there is no room for it any more. */
        boolean line(String line) {
            lines++;
            if (lines <= LISTED_MAX) {
                text.append(line).append('\n');
            }
            return lines < LISTED_MAX;
        }

        String end() {
            return lines <= LISTED_MAX
                    ? text.toString()
                    : text.append("... more than ")
                            .append(LISTED_MAX)
                            .append('\n')
                            .toString();
        }
    }
}
