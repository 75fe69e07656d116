package dev.assent.rm.operator.doctor;

import dev.assent.rm.operator.text.Json;
import dev.assent.rm.operator.text.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A diagnosis for people and for programs. */
public final class DiagnosisText {
    /** Locks and sessions told of one transaction; how many there are more is told too. */
    private static final int SHOWN_MAX = 5;

    private static final int QUERY_CHARS_MAX = 60;

    private final Diagnosis diagnosis;
    private final DatabaseAddress address;
    private final long nowEpochMillis;

    public DiagnosisText(Diagnosis diagnosis, DatabaseAddress address, long nowEpochMillis) {
        this.diagnosis = diagnosis;
        this.address = address;
        this.nowEpochMillis = nowEpochMillis;
    }

    /** Lines of at most {@code width} characters, but for gids and commands, which are whole. */
    public List<String> lines(int width) {
        List<String> lines = new ArrayList<>();
        ServerState server = diagnosis.server();
        lines.addAll(Table.wrap(
                "",
                address.shown() + ": PostgreSQL " + Quoting.shown(server.version()) + ", "
                        + diagnosis.findings().size() + " of at most " + server.preparedMax()
                        + " prepared transactions",
                width));
        diagnosis.notes().forEach(note -> lines.addAll(Table.wrap("note: ", Quoting.shown(note), width)));
        if (diagnosis.findings().isEmpty()) {
            return lines;
        }
        lines.add("");
        Table table = new Table("#", "MADE BY", "AGE", "DATABASE", "OWNER", "XIDS SINCE", "LOCKS", "WAITING");
        List<String> details = new ArrayList<>();
        int number = 0;
        for (Finding finding : diagnosis.findings()) {
            number++;
            Advice advice = Advice.of(finding, address, nowEpochMillis);
            Prepared prepared = finding.prepared();
            table.add(
                    Integer.toString(number),
                    advice.product(),
                    Table.age(prepared.seconds()),
                    Quoting.shown(prepared.database()),
                    Quoting.shown(prepared.owner()),
                    Long.toString(prepared.xidAge()),
                    Integer.toString(finding.locks().size()),
                    Integer.toString(finding.waiters().size() + finding.behind().size()));
            details.addAll(details(number, finding, advice, width));
        }
        lines.addAll(table.lines(width));
        lines.addAll(details);
        return lines;
    }

    private List<String> details(int number, Finding finding, Advice advice, int width) {
        List<String> lines = new ArrayList<>();
        Prepared prepared = finding.prepared();
        lines.add("");
        lines.add("#" + number + "  gid " + Quoting.shown(prepared.gid()));
        lines.addAll(Table.wrap("    made by  ", advice.product() + ": " + Quoting.shown(advice.details()), width));
        lines.addAll(Table.wrap("    prepared ", prepared.preparedAt() + ", xid " + prepared.xid(), width));
        lines.addAll(Table.wrap("    pins     ", pins(finding), width));
        for (HeldLock lock : first(finding.locks())) {
            lines.addAll(Table.wrap("    holds    ", lock.mode() + " on " + Quoting.shown(lock.shown()), width));
        }
        more(finding.locks(), "    holds    ", "locks", lines);
        for (Waiting session : first(finding.waiters())) {
            lines.addAll(Table.wrap("    blocks   ", session(session), width));
        }
        more(finding.waiters(), "    blocks   ", "sessions", lines);
        for (Waiting session : first(finding.behind())) {
            lines.addAll(Table.wrap("    and so   ", session(session), width));
        }
        more(finding.behind(), "    and so   ", "sessions", lines);
        lines.addAll(Table.wrap("    do       ", advice.safe(), width));
        advice.commands().forEach(command -> lines.add("      $ " + command));
        return lines;
    }

    private static <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(SHOWN_MAX, all.size()));
    }

    private static void more(List<?> all, String label, String what, List<String> lines) {
        if (all.size() > SHOWN_MAX) {
            lines.add(label + (all.size() - SHOWN_MAX) + " " + what + " more");
        }
    }

    private String pins(Finding finding) {
        long age = finding.prepared().xidAge();
        return "its xid is " + age + " transactions old"
                + (finding.pinsHorizon()
                        ? ": the oldest of all, so what was deleted since cannot be cleaned up by VACUUM"
                        : "")
                + (age > diagnosis.server().freezeMaxAge()
                        ? "; OLDER than autovacuum_freeze_max_age ("
                                + diagnosis.server().freezeMaxAge() + "): the server will stop taking writes"
                        : "");
    }

    private static String session(Waiting session) {
        String query = Quoting.shown(session.query().replaceAll("\\s+", " "));
        return "pid " + session.pid() + " (" + Quoting.shown(session.user()) + " in "
                + Quoting.shown(session.database())
                + (session.application().isEmpty() ? "" : ", " + Quoting.shown(session.application())) + ") for "
                + Table.age(session.seconds()) + ", wants " + session.wants().mode() + " on "
                + Quoting.shown(session.wants().shown()) + ": "
                + query.substring(0, Math.min(QUERY_CHARS_MAX, query.length()));
    }

    /** The same, and nothing cut. */
    public String json() {
        List<Object> findings = new ArrayList<>();
        diagnosis.findings().forEach(finding -> findings.add(json(finding)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("url", address.shown());
        json.put("version", diagnosis.server().version());
        json.put("standby", diagnosis.server().isStandby());
        json.put("maxPreparedTransactions", diagnosis.server().preparedMax());
        json.put("autovacuumFreezeMaxAge", diagnosis.server().freezeMaxAge());
        json.put("notes", diagnosis.notes());
        json.put("prepared", findings);
        return Json.of(json);
    }

    private Map<String, Object> json(Finding finding) {
        Advice advice = Advice.of(finding, address, nowEpochMillis);
        Prepared prepared = finding.prepared();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("gid", prepared.gid());
        json.put("madeBy", advice.product());
        json.put("details", advice.details());
        json.put("preparedAt", prepared.preparedAt());
        json.put("ageSeconds", prepared.seconds());
        json.put("owner", prepared.owner());
        json.put("database", prepared.database());
        json.put("xid", prepared.xid());
        json.put("xidAge", prepared.xidAge());
        json.put("pinsHorizon", finding.pinsHorizon());
        json.put(
                "locks",
                finding.locks().stream()
                        .map(lock -> Map.of("mode", lock.mode(), "on", lock.shown()))
                        .toList());
        json.put("blocks", finding.waiters().stream().map(DiagnosisText::json).toList());
        json.put(
                "behindThose",
                finding.behind().stream().map(DiagnosisText::json).toList());
        json.put("safe", advice.safe());
        json.put("commands", advice.commands());
        return json;
    }

    private static Map<String, Object> json(Waiting session) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pid", session.pid());
        json.put("user", session.user());
        json.put("database", session.database());
        json.put("application", session.application());
        json.put("waitsSeconds", session.seconds());
        json.put("wants", session.wants().mode() + " on " + session.wants().shown());
        json.put("query", session.query());
        return json;
    }
}
