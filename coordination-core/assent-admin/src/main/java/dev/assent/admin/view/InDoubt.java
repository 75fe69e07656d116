package dev.assent.admin.view;

import java.util.List;

/** What is prepared, as databases and as recovery say. */
public record InDoubt(List<InDoubtDatabase> databases, List<InDoubtResource> resources) {
    public InDoubt {
        databases = List.copyOf(databases);
        resources = List.copyOf(resources);
    }
}
