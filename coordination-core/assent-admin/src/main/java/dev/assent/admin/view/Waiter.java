package dev.assent.admin.view;

/** A session that waits for such a lock. */
public record Waiter(int pid, String user, String application, long seconds, String query, String wants) {}
