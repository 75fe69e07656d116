package dev.assent.admin.view;

import java.util.List;

/** What operators did, the latest first. */
public record Audit(List<AuditEntry> entries) {
    public Audit {
        entries = List.copyOf(entries);
    }
}
