package dev.assent.admin.view;

import java.util.List;
import java.util.Optional;

/**
 * Sagas of the cluster, in the order of their ids.
 *
 * @param whole false if there may be more
 * @param next where to go on then; those before it were all looked at
 * @param lookedAt so many logs were read for it, whether or not theirs were wanted
 */
public record Sagas(List<SagaHead> sagas, boolean whole, Optional<String> next, int lookedAt) {
    public Sagas {
        sagas = List.copyOf(sagas);
    }
}
