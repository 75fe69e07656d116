package dev.assent.coordination.tree;

import dev.assent.coordination.model.ErrorCode;
import java.util.List;

/**
 * The effects of one transaction.
 *
 * @param tree the state after it
 * @param error the error of the reply as a whole
 * @param results one for each operation; empty for sessions and for a single operation that was refused
 * @param triggers for watches, in the order in which clients must see them
 */
public record Applied(DataTree tree, ErrorCode error, List<OpResult> results, List<Trigger> triggers) {
    public Applied {
        results = List.copyOf(results);
        triggers = List.copyOf(triggers);
    }
}
