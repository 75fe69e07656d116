package dev.assent.admin.view;

import java.util.List;

/**
 * Sagas of the cluster.
 *
 * @param whole false if there are more than were looked at
 */
public record Sagas(List<SagaHead> sagas, boolean whole) {
    public Sagas {
        sagas = List.copyOf(sagas);
    }
}
