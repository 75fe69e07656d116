package dev.assent.rm.operator.doctor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts together what was read: who waits for which prepared transaction, and which of them holds VACUUM back.
 *
 * @param notes what could not be read, and how it could
 */
public record Diagnosis(ServerState server, List<Finding> findings, List<String> notes) {
    public Diagnosis {
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    /** @param locks of each prepared transaction, by its xid */
    static Diagnosis of(
            ServerState server,
            List<Prepared> prepared,
            Map<String, List<HeldLock>> locks,
            List<Waiting> waiting,
            List<String> notes) {
        long oldest = prepared.stream().mapToLong(Prepared::xidAge).max().orElse(-1);
        List<Finding> findings = new ArrayList<>();
        for (Prepared each : prepared) {
            List<HeldLock> held = locks.getOrDefault(each.xid(), List.of());
            List<Waiting> direct = waiting.stream()
                    .filter(session -> held.stream().anyMatch(lock -> lock.keepsOut(session.wants())))
                    .toList();
            findings.add(new Finding(
                    each,
                    Origins.of(each.gid()),
                    held.stream().filter(lock -> !lock.isOwnId()).toList(),
                    direct,
                    behind(direct, waiting),
                    each.xidAge() == oldest && oldest >= server.oldestOtherXminAge()));
        }
        return new Diagnosis(server, findings, notes);
    }

    private static List<Waiting> behind(List<Waiting> direct, List<Waiting> all) {
        Set<Integer> reached = new HashSet<>();
        direct.forEach(session -> reached.add(session.pid()));
        List<Waiting> behind = new ArrayList<>();
        for (boolean grew = true; grew; ) {
            grew = false;
            for (Waiting session : all) {
                if (!reached.contains(session.pid())
                        && session.blockers().stream().anyMatch(reached::contains)) {
                    reached.add(session.pid());
                    behind.add(session);
                    grew = true;
                }
            }
        }
        return behind;
    }
}
