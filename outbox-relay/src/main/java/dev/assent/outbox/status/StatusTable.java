package dev.assent.outbox.status;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a status lives. Names are plain SQL identifiers, the table's optionally with its schema.
 *
 * @param version an integer column that counts or carries versions, if there is one
 */
public record StatusTable(String table, String id, String status, Optional<String> version) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    public StatusTable {
        for (String part : table.split("\\.", -1)) {
            check(part);
        }
        check(id);
        check(status);
        version.ifPresent(StatusTable::check);
    }

    /** A table with columns {@code id} and {@code status}, without a version. */
    public static StatusTable of(String table) {
        return new StatusTable(table, "id", "status", Optional.empty());
    }

    public StatusTable withVersion(String column) {
        return new StatusTable(table, id, status, Optional.of(column));
    }

    private static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is not a plain SQL identifier");
        }
    }
}
