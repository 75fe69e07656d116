package dev.assent.admin.view;

import java.time.Instant;

/** An event; the fields of its record are shown beside these. */
public record Event(long number, Instant at, String name, Object record) {}
