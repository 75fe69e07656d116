package dev.assent.admin;

import dev.assent.admin.traces.KeptTraces;
import dev.assent.admin.view.Past;
import dev.assent.admin.view.Status;
import dev.assent.admin.view.Traces;
import dev.assent.admin.view.Transaction;
import dev.assent.admin.view.TransactionHistory;
import dev.assent.admin.view.Znode;
import dev.assent.command.Version;
import dev.assent.event.TransactionEvent;
import dev.assent.time.Clock;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is answered where, all but events and metrics. Thread-safe. */
final class Pages {
    private static final String TRANSACTION = "/api/transactions/";
    private static final int AUDIT_PAGE = 50;
    private static final int AUDIT_MAX = 500;
    private static final int CHILDREN_PAGE = 100;
    private static final int CHILDREN_MAX = 1_000;
    private static final Map<String, Set<String>> PARAMETERS = Map.of(
            "/api/transactions", Set.of("state", "outcome", "resource", "limit", "after"),
            "/api/past", Set.of("after"),
            "/api/audit", Set.of("limit"),
            "/api/traces", Set.of("transaction", "limit"),
            "/api/sagas", Set.of("status", "after", "limit"),
            "/api/znodes", Set.of("path", "after", "limit"));
    private static final String TRACE = "/api/traces/";
    private static final String SAGA = "/api/sagas/";
    private static final int SAGAS_PAGE = 100;
    private static final int SAGAS_MAX = 500;
    private static final int TRACES_PAGE = 50;
    private static final int TRACES_PAGE_MAX = 500;
    private static final String EXPORT = "/export";

    private final AdminSource source;
    private final Recent recent;
    private final LastEvents events;
    private final Moments moments;
    private final Optional<KeptTraces> traces;
    private final Clock clock;
    private final Instant startedAt;
    private final Map<String, Page> pages = new LinkedHashMap<>();

    /** One of them. */
    private interface Page {
        Answer of(Query query) throws IOException;
    }

    Pages(
            AdminSource source,
            Recent recent,
            LastEvents events,
            Moments moments,
            Optional<KeptTraces> traces,
            Clock clock) {
        this.traces = traces;
        this.source = source;
        this.recent = recent;
        this.events = events;
        this.moments = moments;
        this.clock = clock;
        this.startedAt = Instant.ofEpochMilli(clock.epochMillis());
        pages.put("/health", query -> well(source.ailment(), "alive"));
        pages.put("/ready", query -> well(source.obstacle(), "ready"));
        pages.put("/api/status", query -> Answer.json(status()));
        pages.put("/api/members", query -> Answer.json(source.members()));
        pages.put("/api/shards", query -> Answer.json(source.shards()));
        pages.put("/api/transactions", this::transactions);
        pages.put("/api/in-doubt", query -> Answer.json(source.inDoubt()));
        pages.put("/api/past", this::past);
        pages.put("/api/outbox", query -> Answer.json(source.outbox()));
        pages.put("/api/dead-letters", query -> Answer.json(source.deadLetters()));
        pages.put("/api/sessions", query -> Answer.json(source.sessions()));
        pages.put("/api/audit", query -> Answer.json(source.audit(query.number("limit", AUDIT_PAGE, AUDIT_MAX))));
        pages.put("/api/traces", this::traces);
        pages.put("/api/znodes", this::znode);
        pages.put(
                "/api/sagas",
                query -> Answer.json(source.sagas(
                        query.parameter("status"),
                        query.parameter("after"),
                        query.number("limit", SAGAS_PAGE, SAGAS_MAX))));
    }

    /** Whether that is one of ours, and no name that somebody made up. */
    boolean knows(String path) {
        return pages.containsKey(path);
    }

    /** All paths that the process answers, as the description writes them. */
    SortedSet<String> paths() {
        SortedSet<String> all = new TreeSet<>(pages.keySet());
        all.addAll(Set.of(
                TRANSACTION + "{id}",
                TRANSACTION + "{id}" + EXPORT,
                TRACE + "{id}",
                SAGA + "{id}",
                "/api/events",
                "/api/login",
                "/metrics"));
        for (Act act : Act.values()) {
            all.add(act.path());
        }
        return all;
    }

    /** @throws IllegalArgumentException the request is wrong; the message says what of it */
    Answer answer(URI uri, String path) {
        Page page = pages.get(path);
        Set<String> parameters = PARAMETERS.getOrDefault(path, Set.of());
        try {
            if (page != null) {
                return page.of(Query.of(uri, path, parameters));
            }
            if (path.startsWith(TRANSACTION)) {
                String rest = Query.of(uri, TRANSACTION, Set.of()).rest();
                return rest.endsWith(EXPORT)
                        ? export(rest.substring(0, rest.length() - EXPORT.length()))
                        : transaction(rest);
            }
            if (path.startsWith(TRACE)) {
                return trace(Query.of(uri, TRACE, Set.of()).rest());
            }
            if (path.startsWith(SAGA)) {
                return saga(Query.of(uri, SAGA, Set.of()).rest());
            }
        } catch (IOException away) {
            return Answer.failure(
                    503, String.valueOf(away.getMessage()), "see whether a majority of the znode store's servers runs");
        }
        return Answer.failure(404, "there is nothing at " + path, "there are " + String.join(", ", paths()));
    }

    private static Answer well(Optional<String> problem, String word) {
        return problem.map(text -> Answer.text(503, text)).orElseGet(() -> Answer.text(200, word));
    }

    private Status status() {
        Optional<String> obstacle = source.obstacle();
        return new Status(
                source.kind(),
                source.name(),
                Version.TEXT,
                ProcessHandle.current().pid(),
                startedAt,
                Instant.ofEpochMilli(clock.epochMillis()),
                obstacle.isEmpty(),
                obstacle,
                source.node(),
                source.server(),
                source.relay());
    }

    private Answer past(Query query) {
        long after = query.parameter("after")
                .map(text -> number(text, "after is a time in milliseconds since 1970"))
                .orElse(0L);
        return Answer.json(new Past(
                Instant.ofEpochMilli(clock.epochMillis()),
                LastEvents.OF_A_NAME_MAX,
                events.missed(),
                events.after(after),
                moments.after(after)));
    }

    private Answer transactions(Query query) {
        return Answer.json(recent.page(new Recent.Filter(
                query.parameter("state").map(text -> named(Transaction.State.class, text)),
                query.parameter("outcome").map(text -> named(TransactionEvent.Outcome.class, text)),
                query.parameter("resource"),
                query.parameter("after")
                        .map(text -> number(text, "after is the \"next\" of another page"))
                        .orElse(Long.MAX_VALUE),
                query.number("limit", Recent.PAGE, Recent.PAGE_MAX))));
    }

    private static <E extends Enum<E>> E named(Class<E> kind, String text) {
        for (E one : kind.getEnumConstants()) {
            if (one.name().equals(text)) {
                return one;
            }
        }
        throw new IllegalArgumentException("there is no '" + text + "'; there are "
                + String.join(
                        ", ",
                        Arrays.stream(kind.getEnumConstants()).map(Enum::name).toList()));
    }

    private static long number(String text, String meaning) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(meaning + ", not '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private Answer znode(Query query) throws IOException {
        String path = query.parameter("path").orElse(AdminSource.ROOT);
        Optional<Znode> znode =
                source.znode(path, query.parameter("after"), query.number("limit", CHILDREN_PAGE, CHILDREN_MAX));
        return znode.map(Answer::json)
                .orElseGet(() -> Answer.failure(
                        404, "this process shows no such znode", "begin at " + AdminSource.ROOT + ", at a node"));
    }

    private Answer traces(Query query) {
        int limit = query.number("limit", TRACES_PAGE, TRACES_PAGE_MAX);
        Optional<String> transaction = query.parameter("transaction").map(source::transactionNamed);
        return Answer.json(traces.map(
                        kept -> transaction.map(id -> kept.latestOf(id, limit)).orElseGet(() -> kept.latest(limit)))
                .orElseGet(() -> new Traces(0, List.of())));
    }

    private Answer trace(String id) {
        return traces.flatMap(kept -> kept.find(id))
                .map(Answer::json)
                .orElseGet(() -> Answer.failure(
                        404,
                        "this process remembers no trace " + id,
                        "ask the others that it went through; traces.kept in their settings says how many are kept"));
    }

    private Answer saga(String id) throws IOException {
        return source.saga(id)
                .map(Answer::json)
                .orElseGet(() -> Answer.failure(
                        404,
                        "there is no saga " + id + ", or not any more",
                        "ask a node; ended sagas are kept for a while only"));
    }

    private Answer export(String id) throws IOException {
        String transaction = source.transactionNamed(id);
        return source.export(transaction)
                .map(Answer::lines)
                .orElseGet(() -> Answer.failure(
                        404,
                        "this process has no recording of transaction " + transaction,
                        "ask the node that coordinated it, or give the directory of its recorder to"
                                + " ./assent tx export --flight"));
    }

    private Answer transaction(String id) {
        String transaction = source.transactionNamed(id);
        Optional<TransactionHistory> history = recent.history(transaction);
        return history.map(one -> one.with(source.decision(transaction)))
                .map(Answer::json)
                .orElseGet(() -> Answer.failure(
                        404,
                        "this process does not remember transaction " + transaction,
                        "ask the node that coordinated it, or use ./assent tx show"));
    }
}
