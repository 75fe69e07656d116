package dev.assent.admin.view;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a database holds prepared, or why it could not be asked. */
public record InDoubtDatabase(
        String name, Optional<String> problem, Instant readAt, List<String> notes, List<Prepared> prepared) {
    public InDoubtDatabase {
        notes = List.copyOf(notes);
        prepared = List.copyOf(prepared);
    }
}
