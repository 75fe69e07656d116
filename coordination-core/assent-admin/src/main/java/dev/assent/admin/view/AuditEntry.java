package dev.assent.admin.view;

import java.time.Instant;

/** One act: an entry before it, whose result is {@code intended}, and one after it. */
public record AuditEntry(Instant at, String operator, String action, String subject, String reason, String result) {}
