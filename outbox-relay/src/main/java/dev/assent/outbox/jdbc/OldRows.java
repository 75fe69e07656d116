package dev.assent.outbox.jdbc;

/** Deletes rows that have had their time, some at a time. */
public final class OldRows {
    private OldRows() {}

    /**
     * By the rows' places, found by the index on their time; rows that somebody holds are left for the next time. The last
     * parameter is the most rows, the others are those of {@code condition}.
     *
     * @param time the column by which the oldest come first
     */
    public static String deletion(String table, String condition, String time) {
        return "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " + condition
                + " ORDER BY " + time + " LIMIT ? FOR UPDATE SKIP LOCKED))";
    }
}
