package dev.assent.admin.view;

import java.util.List;

/** A coordinator node among the others; {@code shards} are those it leads. */
public record Coordinator(
        String id, String name, String address, int weight, boolean leaving, boolean self, List<Integer> shards) {
    public Coordinator {
        shards = List.copyOf(shards);
    }
}
