package dev.assent.store.lease;

import dev.assent.store.Node;
import dev.assent.store.StoreOp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A tree of its own under a root: {@code members/<name>}, {@code shards/<n>/owner} and {@code shards/<n>/epoch}, which
 * holds its number as text.
 *
 * @param parents folders above the root that others use as well, outermost first
 */
public record NumberedEpochs(List<String> parents, String root) implements LeaseTree {

    @Override
    public List<StoreOp.Create> prepared(int shards) {
        List<StoreOp.Create> nodes = new ArrayList<>();
        parents.forEach(parent ->
                nodes.add(new StoreOp.Create(parent, new byte[0], StoreOp.Lifetime.PERSISTENT, StoreOp.Access.SHARED)));
        for (String folder : List.of(root, members(), root + "/shards")) {
            nodes.add(new StoreOp.Create(folder, new byte[0]));
        }
        for (int shard = 0; shard < shards; shard++) {
            nodes.add(new StoreOp.Create(root + "/shards/" + shard, new byte[0]));
            nodes.add(new StoreOp.Create(epoch(shard), text(0)));
        }
        return nodes;
    }

    @Override
    public String members() {
        return root + "/members";
    }

    @Override
    public String owner(int shard) {
        return root + "/shards/" + shard + "/owner";
    }

    @Override
    public String epoch(int shard) {
        return root + "/shards/" + shard + "/epoch";
    }

    @Override
    public Raise raise(int shard, Node now, long above) {
        long stored = Long.parseLong(new String(now.data(), StandardCharsets.UTF_8));
        long next = Math.addExact(Math.max(stored, above), 1);
        return new Raise(
                next,
                List.of(new StoreOp.SetData(epoch(shard), text(next), now.stat().version())));
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(StandardCharsets.UTF_8);
    }
}
