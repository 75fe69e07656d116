package dev.assent.shop.demo.parts;

import java.io.IOException;
import java.util.List;

/** Who plays which part in the shop just now. */
public final class Victims {
    private final ShopLayout layout;

    public Victims(ShopLayout layout) {
        this.layout = layout;
    }

    /** The node that leads the first shard. */
    public String leader() throws IOException, InterruptedException {
        return leader(0);
    }

    public String leader(int shard) throws IOException, InterruptedException {
        return LeaderFinder.find(layout.store(), shard);
    }

    /** A node that does not. */
    public String follower() throws IOException, InterruptedException {
        return without(List.of(leader())).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("there is no follower to kill"));
    }

    /** The nodes but those. */
    public List<String> without(List<String> nodes) {
        return layout.nodes().stream()
                .map(ShopLayout.Node::name)
                .filter(name -> !nodes.contains(name))
                .toList();
    }
}
