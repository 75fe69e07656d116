package dev.assent.metrics;

import java.util.List;

/** Every meter that there is, by Micrometer's name; {@code docs/metrics.md} and the board follow this list. */
public enum Metric {
    TX_BEGUN("assent.tx.begun", Kind.COUNTER, "", "global transactions begun"),
    TX_DURATION("assent.tx.duration", Kind.TIMER, "", "from the begin until nothing is left to do", "outcome"),
    TX_ANSWER("assent.tx.answer", Kind.TIMER, "", "from the request for the end until its caller was told", "outcome"),
    TX_PREPARE("assent.tx.prepare", Kind.TIMER, "", "phase 1: until the votes were in"),
    TX_DECISION("assent.tx.decision", Kind.TIMER, "", "until the decision was durable", "decision"),
    TX_PHASE_TWO("assent.tx.phase.two", Kind.TIMER, "", "from the decision until all branches had ended", "outcome"),
    TX_ACTIVE("assent.tx.active", Kind.GAUGE, "transactions", "under way at this coordinator"),
    BRANCH_PREPARE("assent.tx.branch.prepare", Kind.TIMER, "", "one branch's answer to prepare", "resource", "vote"),
    BRANCH_END(
            "assent.tx.branch.end",
            Kind.TIMER,
            "",
            "one branch's commit or rollback, retries included",
            "resource",
            "end"),
    BRANCH_RETRIES("assent.tx.branch.retries", Kind.COUNTER, "", "branches told again", "resource"),
    BRANCH_HEURISTICS(
            "assent.tx.branch.heuristics",
            Kind.COUNTER,
            "",
            "branches that decided by themselves",
            "resource",
            "hazard"),
    LANE_RUNNING(
            "assent.lane.running",
            Kind.GAUGE,
            "calls",
            "that have one of the threads of their resource in this process",
            "resource"),
    LANE_WAITING("assent.lane.waiting", Kind.GAUGE, "calls", "that wait for one of them", "resource"),
    LOCKS_HELD(
            "assent.locks.held",
            Kind.GAUGE,
            "locks",
            "of what the database holds prepared, the oldest 1,000 of it; as it was at the look that the last scrape began",
            "database"),
    LOCKS_WAITERS("assent.locks.waiters", Kind.GAUGE, "sessions", "that wait for them", "database"),
    RECOVERY_PASS("assent.recovery.pass", Kind.TIMER, "", "a pass of recovery over a resource", "resource"),
    RECOVERY_IN_DOUBT(
            "assent.recovery.in.doubt",
            Kind.GAUGE,
            "branches",
            "prepared at the last pass, those of running transactions among them; 0 if there was none for 10 minutes",
            "resource"),
    RECOVERY_OVERDUE(
            "assent.recovery.overdue",
            Kind.GAUGE,
            "seconds",
            "past the deadline of the oldest branch in doubt; 0 if none is past it, or as above",
            "resource"),
    RECOVERY_BRANCHES("assent.recovery.branches", Kind.COUNTER, "", "branches ended by recovery", "resource", "end"),
    RECOVERY_LEFT_ALONE(
            "assent.recovery.left.alone",
            Kind.COUNTER,
            "",
            "meetings with branches that it must not touch",
            "resource"),
    RECOVERY_FAILURES("assent.recovery.failures", Kind.COUNTER, "", "passes that could not be made", "what"),
    RECOVERY_FENCED("assent.recovery.fenced", Kind.COUNTER, "", "epochs of dead coordinators closed"),
    SHARDS_LED("assent.shards.led", Kind.GAUGE, "shards", "led by this node"),
    SHARD_CHANGES("assent.shard.changes", Kind.COUNTER, "", "shards taken or given", "change"),
    STORE_ELECTIONS("assent.store.elections", Kind.COUNTER, "", "times that the server looked for a leader"),
    STORE_ELECTION("assent.store.election.duration", Kind.TIMER, "", "without a leader that it served under"),
    STORE_LEADER("assent.store.leader", Kind.GAUGE, "", "1 while the server leads, or stands alone"),
    STORE_SERVING("assent.store.serving", Kind.GAUGE, "", "1 while it serves clients"),
    STORE_SYNC("assent.store.sync", Kind.TIMER, "", "a sync of the transaction log"),
    STORE_UNWRITTEN("assent.store.log.unwritten", Kind.GAUGE, "bytes", "that wait for the disk"),
    STORE_SESSIONS_OPENED("assent.store.sessions.opened", Kind.COUNTER, "", "sessions that came to this server"),
    STORE_SESSIONS_ENDED("assent.store.sessions.ended", Kind.COUNTER, "", "sessions here that were closed or expired"),
    STORE_SESSIONS("assent.store.sessions", Kind.GAUGE, "sessions", "of the whole ensemble"),
    STORE_CONNECTIONS("assent.store.connections", Kind.GAUGE, "connections", "of clients to this server"),
    STORE_WATCHES("assent.store.watches", Kind.GAUGE, "watches", "set at this server"),
    STORE_ZNODES("assent.store.znodes", Kind.GAUGE, "znodes", "in the tree"),
    STORE_OUTSTANDING("assent.store.requests.outstanding", Kind.GAUGE, "requests", "that wait for an answer"),
    STORE_REQUESTS("assent.store.requests", Kind.COUNTER, "", "of clients"),
    STORE_PROPOSALS("assent.store.proposals", Kind.COUNTER, "", "transactions ordered as the leader"),
    OUTBOX_PUBLISHED("assent.outbox.published", Kind.COUNTER, "", "rows published", "relay"),
    OUTBOX_REFUSED("assent.outbox.refused", Kind.COUNTER, "", "rows refused, and what became of them", "relay", "next"),
    OUTBOX_PARKED("assent.outbox.parked", Kind.COUNTER, "", "keys that had to wait for their topics", "relay"),
    OUTBOX_STALLS("assent.outbox.stalls", Kind.COUNTER, "", "times that a shard could not be published", "relay"),
    OUTBOX_SHARDS("assent.outbox.shards", Kind.GAUGE, "shards", "served by this instance"),
    OUTBOX_ROWS(
            "assent.outbox.rows", Kind.GAUGE, "rows", "in the table that are not published yet, counted up to 100,000"),
    OUTBOX_BYTES("assent.outbox.bytes", Kind.GAUGE, "bytes", "of those rows: their bodies and headers"),
    OUTBOX_LAG("assent.outbox.lag", Kind.GAUGE, "seconds", "age of the oldest row that is not published yet"),
    EVENTS_MISSED(
            "assent.events.missed",
            Kind.COUNTER,
            "",
            "events lost before they were counted: counters made of them are too low by as much");

    /** What kind of meter it is. */
    public enum Kind {
        COUNTER,
        GAUGE,
        TIMER
    }

    private final String text;
    private final Kind kind;
    private final String unit;
    private final String meaning;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> tags;

    Metric(String text, Kind kind, String unit, String meaning, String... tags) {
        this.text = text;
        this.kind = kind;
        this.unit = unit;
        this.meaning = meaning;
        this.tags = List.of(tags);
    }

    /** By Micrometer's conventions. */
    public String text() {
        return text;
    }

    public Kind kind() {
        return kind;
    }

    /** Base unit of a gauge; empty if it has none, as timers are in seconds wherever they are shown. */
    public String unit() {
        return unit;
    }

    public String meaning() {
        return meaning;
    }

    /** Keys of its tags. */
    public List<String> tags() {
        return tags;
    }

    /** What Prometheus calls it; a timer has the endings {@code _count}, {@code _sum}, {@code _max} and {@code _bucket}. */
    public String prometheusName() {
        String name = text.replace('.', '_');
        return switch (kind) {
            case COUNTER -> name + "_total";
            case TIMER -> name + "_seconds";
            case GAUGE -> unit.isEmpty() || name.endsWith("_" + unit) ? name : name + "_" + unit;
        };
    }
}
