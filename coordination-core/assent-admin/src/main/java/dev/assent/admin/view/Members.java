package dev.assent.admin.view;

import java.util.List;

/** Who belongs to the cluster, and to its store. */
public record Members(List<Coordinator> coordinators, List<StoreServer> servers) {
    public Members {
        coordinators = List.copyOf(coordinators);
        servers = List.copyOf(servers);
    }
}
