package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/** What a relay has to do. */
public record Outbox(
        Optional<String> relay,
        Optional<String> instance,
        List<OutboxShard> shards,
        Optional<Backlog> backlog,
        List<Parked> parked) {
    public Outbox {
        shards = List.copyOf(shards);
        parked = List.copyOf(parked);
    }
}
