package dev.assent.tx.model;

import java.util.Optional;

/**
 * What a table of decisions shows of one transaction: the note of what was deleted not before the row.
 *
 * @param row the decision, if there is one
 * @param takenUp whether others than its coordinator may end, or have ended, branches by that row
 * @param everDeletedUpToMillis the latest deadline, in epoch milliseconds, of any transaction whose COMMIT was ever
 *     deleted from the table
 */
public record PointLook(Optional<Decision> row, boolean takenUp, long everDeletedUpToMillis) {}
