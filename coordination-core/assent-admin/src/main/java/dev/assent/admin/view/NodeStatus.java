package dev.assent.admin.view;

import java.util.List;

/** A coordinator node. */
public record NodeStatus(
        String cluster, String address, List<Integer> leads, long activeTransactions, List<String> resources) {
    public NodeStatus {
        leads = List.copyOf(leads);
        resources = List.copyOf(resources);
    }
}
