package dev.assent.coordination.quorum;

import dev.assent.coordination.model.ServerId;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Decides which sets of voters are enough. Any two such sets intersect. Immutable. */
public interface Quorum {

    /** Who votes, ascending; never empty. */
    List<ServerId> voters();

    /** Whether the voters that {@code supports} holds for are enough. */
    boolean isReachedBy(Predicate<ServerId> supports);

    /** The highest position that enough voters have reached, given each one's own. */
    long agreed(ToLongFunction<ServerId> position);

    default boolean votes(ServerId server) {
        return voters().contains(server);
    }
}
